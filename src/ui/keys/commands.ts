/** What the command palette offers now: whatever is mounted adds its commands. */
import { useEffect, useRef, useSyncExternalStore } from 'react'

export type Command = {
  id: string
  title: string
  /** The heading it stands under. */
  group: string
  act: () => void
  keys?: string | undefined
  /** More words it is found by. */
  words?: string | undefined
}

type Holder = { current: readonly Command[] }
let holders: readonly Holder[] = []
const watchers = new Set<() => void>()

export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands)
  latest.current = commands
  useEffect(() => {
    holders = [...holders, latest]
    for (const watcher of watchers) watcher()
    return () => {
      holders = holders.filter((holder) => holder !== latest)
      for (const watcher of watchers) watcher()
    }
  }, [])
}

export function useAllCommands(): readonly Command[] {
  const now = useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => holders,
  )
  return now.flatMap((holder) => holder.current)
}

/**
 * Best first: at the start of the title, at the start of a word, anywhere. Every word must occur.
 */
export function matchingCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const scored = commands.flatMap((command) => {
    const title = command.title.toLowerCase()
    const text = `${title} ${command.group.toLowerCase()} ${command.words ?? ''}`
    if (!words.every((word) => text.includes(word))) return []
    const first = words[0] ?? ''
    const score = title.startsWith(first) ? 0 : title.includes(` ${first}`) ? 1 : 2
    return [{ command, score }]
  })
  return scored.sort((a, b) => a.score - b.score).map(({ command }) => command)
}
