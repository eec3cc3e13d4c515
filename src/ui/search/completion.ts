/**
 * What completes the word under the cursor: asks the caller as one types, shows the newest answer.
 */
import { useEffect, useRef, useState } from 'react'

export type Completion = {
  label: string
  /** Replaces the text between from and to. */
  insert: string
  from: number
  to: number
  /** How often, of what type. */
  detail?: string | undefined
  kind?: 'field' | 'value' | 'operator' | 'recent' | undefined
}

export type Complete = (
  text: string,
  cursor: number,
  signal: AbortSignal,
) => Promise<{ items: readonly Completion[] }>

const pause_ms = 60

export function useCompletion(complete: Complete | undefined) {
  const [items, setItems] = useState<readonly Completion[]>([])
  const [at, setAt] = useState(-1)
  const asking = useRef<AbortController>(undefined)
  useEffect(() => () => asking.current?.abort(), [])
  const ask = (text: string, cursor: number) => {
    asking.current?.abort()
    setAt(-1)
    if (complete === undefined) return
    const controller = new AbortController()
    asking.current = controller
    const timer = setTimeout(() => {
      complete(text, cursor, controller.signal).then(
        (found) => {
          if (!controller.signal.aborted) setItems(found.items)
        },
        // Completion that fails is no completion: the search itself says what is wrong.
        () => {
          if (!controller.signal.aborted) setItems([])
        },
      )
    }, pause_ms)
    controller.signal.addEventListener('abort', () => clearTimeout(timer))
  }
  const move = (step: number, count: number) => {
    setAt((now) => (now + step + count + 1) % (count + 1 || 1))
  }
  return { items, at: at >= items.length && items.length > 0 ? -1 : at, ask, move }
}
