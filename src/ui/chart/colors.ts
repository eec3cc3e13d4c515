/**
 * Colours for series. A name keeps its colour on every screen: a family of names (services first)
 * remembers who took which of the ten, so that the first ten never share one. Canvas needs colours
 * resolved; what they are is in tokens.css.
 */
import { useSyncExternalStore } from 'react'

const slots = 10
const remembered_max = 300
const families = new Map<string, Map<string, number>>()

/** The CSS colour of a name: var(--series-n). */
export function seriesColor(name: string, family = 'service'): string {
  if (name === '') return 'var(--series-other)'
  const taken = familyOf(family)
  let slot = taken.get(name)
  if (slot === undefined) {
    slot = freeSlot(name, taken)
    if (taken.size < remembered_max) {
      taken.set(name, slot)
      remember(family, taken)
    }
  }
  return `var(--series-${slot + 1})`
}

/** The slot that the name's hash points at, or the next that the fewest others took. */
export function freeSlot(name: string, taken: ReadonlyMap<string, number>): number {
  const counts = Array.from({ length: slots }, () => 0)
  for (const slot of taken.values()) counts[slot] = (counts[slot] ?? 0) + 1
  const fewest = Math.min(...counts)
  const wanted = hash(name) % slots
  for (let step = 0; step < slots; step += 1) {
    const slot = (wanted + step) % slots
    if (counts[slot] === fewest) return slot
  }
  return wanted
}

function hash(text: string): number {
  let value = 2166136261
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 16777619)
  }
  return value >>> 0
}

function familyOf(family: string): Map<string, number> {
  const known = families.get(family)
  if (known !== undefined) return known
  const read = new Map<string, number>()
  try {
    const stored = JSON.parse(localStorage.getItem(`crowsnest.colors.${family}`) ?? '{}')
    for (const [name, slot] of Object.entries(stored)) {
      if (typeof slot === 'number' && slot >= 0 && slot < slots) read.set(name, slot)
    }
  } catch {
    // Damaged memory of colours is no reason to show none.
  }
  families.set(family, read)
  return read
}

function remember(family: string, taken: Map<string, number>): void {
  try {
    const stored = JSON.stringify(Object.fromEntries(taken))
    localStorage.setItem(`crowsnest.colors.${family}`, stored)
  } catch {
    // A browser may refuse to store; colours then last as long as the page.
  }
}

let probe: HTMLElement | undefined
const resolved = new Map<string, string>()

/** A CSS colour as the canvas understands it, in the present theme. */
export function resolve(color: string): string {
  const key = `${color}|${themeNow()}`
  const known = resolved.get(key)
  if (known !== undefined) return known
  if (probe === undefined) {
    probe = document.createElement('span')
    probe.hidden = true
    document.body.append(probe)
  }
  probe.style.color = ''
  probe.style.color = color
  const value = getComputedStyle(probe).color
  resolved.set(key, value)
  return value
}

/** The same colour, more transparent. */
export function faded(color: string, alpha: number): string {
  const parts = resolve(color).match(/[\d.]+/g) ?? []
  return `rgba(${parts.slice(0, 3).join(', ')}, ${alpha})`
}

/** An opaque colour between two: what lies under it does not shine through. */
export function mixed(color: string, ground: string, share: number): string {
  const parts = (one: string) => (resolve(one).match(/[\d.]+/g) ?? []).map(Number)
  const [over, under] = [parts(color), parts(ground)]
  const blend = [0, 1, 2].map((at) =>
    Math.round((over[at] ?? 0) * share + (under[at] ?? 0) * (1 - share)),
  )
  return `rgb(${blend.join(', ')})`
}

function themeNow(): string {
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** The theme on screen; drawings depend on it. */
export function useThemeName(): string {
  return useSyncExternalStore(watchTheme, themeNow)
}

function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const media = matchMedia('(prefers-color-scheme: dark)')
  media.addEventListener('change', changed)
  return () => {
    observer.disconnect()
    media.removeEventListener('change', changed)
  }
}
