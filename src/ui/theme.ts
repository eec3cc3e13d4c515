/** Light, dark, or as the system is set. Kept in this browser; tokens.css does the rest. */
import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const stored = 'crowsnest.theme'
const watchers = new Set<() => void>()

export function theme(): Theme {
  return themes.find((one) => one === localStorage.getItem(stored)) ?? 'system'
}

export function setTheme(next: Theme): void {
  localStorage.setItem(stored, next)
  applyTheme()
  for (const watcher of watchers) watcher()
}

/** Once before the first draw. */
export function applyTheme(): void {
  const chosen = theme()
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}

export function useTheme(): Theme {
  return useSyncExternalStore((watcher) => {
    watchers.add(watcher)
    return () => watchers.delete(watcher)
  }, theme)
}
