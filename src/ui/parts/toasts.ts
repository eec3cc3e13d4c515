/** Short news at the bottom of the screen, with an undo where there is one. Drawn by Toasts.tsx. */
import { useSyncExternalStore } from 'react'

export type Toast = {
  text: string
  tone?: 'neutral' | 'bad' | undefined
  undo?: (() => void) | undefined
  /** What happens when the time to undo has passed. */
  done?: (() => void) | undefined
}
export type ShownToast = Toast & { id: number }

let shown: readonly ShownToast[] = []
let last_id = 0
const watchers = new Set<() => void>()
const plain_ms = 3000
const undo_ms = 8000

export function toast(news: Toast): void {
  last_id += 1
  const id = last_id
  // One that makes room can no longer be undone.
  for (const { id: oldest, done } of shown.slice(0, -2)) close(oldest, done)
  set([...shown, { ...news, id }])
  setTimeout(() => close(id, news.done), news.undo === undefined ? plain_ms : undo_ms)
}

/** Leaving the page is no undo: what waits for its time to pass happens now. */
window.addEventListener('pagehide', () => {
  for (const { id, done } of shown) close(id, done)
})

/** Takes a toast away; `then` runs only if it was still there. */
export function close(id: number, then?: (() => void) | undefined): void {
  if (!shown.some((one) => one.id === id)) return
  set(shown.filter((one) => one.id !== id))
  then?.()
}

export function useToasts(): readonly ShownToast[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => shown,
  )
}

function set(next: readonly ShownToast[]): void {
  shown = next
  for (const watcher of watchers) watcher()
}
