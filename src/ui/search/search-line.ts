/** What a search bar holds and how keys change it: typed text, open list, taking a completion. */
import { type KeyboardEvent, type RefObject, useEffect, useState } from 'react'
import { type Complete, type Completion, useCompletion } from './completion.ts'
import { recentSearches, rememberSearch } from './recent.ts'

type LineAsk = {
  value: string
  onRun: (text: string) => void
  complete: Complete | undefined
  recent_key: string
  input: RefObject<HTMLInputElement | null>
}

export function useSearchLine({ value, onRun, complete, recent_key, input }: LineAsk) {
  const [typed, setTyped] = useState(value)
  const [isOpen, setOpen] = useState(false)
  const list = useCompletion(complete)
  useEffect(() => setTyped(value), [value])
  const items = isOpen ? (typed === '' ? recentItems(recent_key) : list.items) : []
  const run = (text: string) => {
    setOpen(false)
    setTyped(text)
    rememberSearch(recent_key, text)
    onRun(text.trim())
  }
  const change = (text: string, cursor: number) => {
    setTyped(text)
    setOpen(true)
    list.ask(text, cursor)
  }
  const take = (item: Completion) => {
    if (item.kind === 'recent') return run(item.insert)
    const cursor = item.from + item.insert.length
    change(typed.slice(0, item.from) + item.insert + typed.slice(item.to), cursor)
    requestAnimationFrame(() => input.current?.setSelectionRange(cursor, cursor))
  }
  const leaveOrClose = () => {
    if (items.length > 0) setOpen(false)
    else input.current?.blur()
  }
  const actOf = (key: string): (() => void) | undefined => {
    const item = items[list.at]
    const first = items[0]
    if (key === 'ArrowDown' && items.length > 0) return () => list.move(1, items.length)
    if (key === 'ArrowUp' && items.length > 0) return () => list.move(-1, items.length)
    if (key === 'Enter') return () => (item === undefined ? run(typed) : take(item))
    if (key === 'Tab' && typed !== '' && first !== undefined) return () => take(item ?? first)
    return key === 'Escape' ? leaveOrClose : undefined
  }
  const press = (event: KeyboardEvent) => {
    // While an input method composes (Korean), Enter and the arrows are its own.
    const act = event.nativeEvent.isComposing ? undefined : actOf(event.key)
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  const focus = () => {
    setOpen(true)
    list.ask(typed, input.current?.selectionStart ?? typed.length)
  }
  return { typed, items, at: list.at, run, change, take, press, focus, leave: () => setOpen(false) }
}

function recentItems(key: string): Completion[] {
  return recentSearches(key).map((text) => ({
    label: text,
    insert: text,
    from: 0,
    to: 0,
    kind: 'recent',
  }))
}
