/**
 * Keys of the whole product: single ("j"), with a modifier ("mod+k") and in sequence ("g l"). What
 * is mounted listens, and the help overlay lists exactly that. A text field keeps its keys.
 */
import { useEffect, useRef, useSyncExternalStore } from 'react'

export type KeyAct = {
  keys: string
  says: string
  act: () => void
  /** Also while a text field has the focus. */
  typing?: boolean | undefined
}

type Holder = { current: readonly KeyAct[] }
let holders: readonly Holder[] = []
let listed: readonly { keys: string; says: string }[] = []
const watchers = new Set<() => void>()
let pending = ''
let pending_until = 0

const sequence_ms = 1200

export function useKeys(acts: readonly KeyAct[]): void {
  const latest = useRef(acts)
  latest.current = acts
  const names = acts.map((act) => act.keys).join(',')
  // biome-ignore lint/correctness/useExhaustiveDependencies: which keys are held matters.
  useEffect(() => {
    if (latest.current.length === 0) return
    if (holders.length === 0) window.addEventListener('keydown', press)
    holders = [...holders, latest]
    relist()
    return () => {
      holders = holders.filter((holder) => holder !== latest)
      if (holders.length === 0) window.removeEventListener('keydown', press)
      relist()
    }
  }, [names])
}

/** Every key that works now, for the help overlay. */
export function useListedKeys(): readonly { keys: string; says: string }[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => listed,
  )
}

function relist(): void {
  const byKeys = new Map<string, { keys: string; says: string }>()
  for (const holder of holders) {
    for (const { keys, says } of holder.current) byKeys.set(keys, { keys, says })
  }
  listed = [...byKeys.values()]
  for (const watcher of watchers) watcher()
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const isTyping = takesText(event.target)
  const name = nameOf(event)
  const isLate = event.timeStamp > pending_until
  const sequence = pending === '' || isLate ? name : `${pending} ${name}`
  pending = ''
  // The last mounted comes first: a drawer's Esc before the page's.
  for (const wanted of [sequence, name]) {
    const found = [...holders]
      .reverse()
      .flatMap((holder) => holder.current)
      .find((act) => act.keys === wanted && (!isTyping || act.typing === true))
    if (found !== undefined) {
      event.preventDefault()
      found.act()
      return
    }
  }
  if (isTyping) return
  const isStart = listed.some(({ keys }) => keys.startsWith(`${name} `))
  if (isStart) {
    pending = name
    pending_until = event.timeStamp + sequence_ms
  }
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key === 'Escape' ? 'esc' : event.key.toLowerCase()
  return event.metaKey || event.ctrlKey ? `mod+${key}` : event.altKey ? `alt+${key}` : key
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}
