/**
 * The address bar as state: where we are, going elsewhere, and which parameters follow from page to
 * page (time range and scope). Knows no page; web/routes.ts lists them.
 */
import { useMemo, useSyncExternalStore } from 'react'
import { type PatchOf, readShape, type Shape, type ValuesOf, writeShape } from './codec.ts'

/** Parameters that every link keeps: they say when and where, not what. */
export const kept = ['from', 'to', 'refresh', 'cluster', 'namespace', 'utc'] as const

const watchers = new Set<() => void>()

function changed(): void {
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  if (watchers.size === 0) window.addEventListener('popstate', changed)
  watchers.add(watcher)
  return () => {
    watchers.delete(watcher)
    if (watchers.size === 0) window.removeEventListener('popstate', changed)
  }
}

export type Query = Record<string, string | number | boolean | undefined>

/** The address of a page with its own parameters and the kept ones of the present address. */
export function href(path: string, query: Query = {}): string {
  const [pathname = '/', ownQuery = ''] = path.split('?', 2)
  const next = new URLSearchParams()
  const present = new URLSearchParams(window.location.search)
  for (const name of kept) {
    const value = present.get(name)
    if (value !== null) next.set(name, value)
  }
  for (const [name, value] of new URLSearchParams(ownQuery)) next.set(name, value)
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') next.delete(name)
    else next.set(name, value === true ? '1' : String(value))
  }
  const search = next.toString()
  return search === '' ? pathname : `${pathname}?${search}`
}

/** Goes to an address of this product. `replace` leaves no entry in the history. */
export function go(to: string, options: { replace?: boolean } = {}): void {
  if (to === window.location.pathname + window.location.search) return
  if (options.replace === true) window.history.replaceState(null, '', to)
  else window.history.pushState(null, '', to)
  changed()
}

export function usePath(): string {
  return useSyncExternalStore(watch, () => window.location.pathname)
}

export function useQuery(): string {
  return useSyncExternalStore(watch, () => window.location.search)
}

type SetUrl<S extends Shape> = (patch: PatchOf<S>, options?: { replace?: boolean }) => void

/** Typed parameters of the present address and a function that patches them. */
export function useUrl<S extends Shape>(shape: S): [ValuesOf<S>, SetUrl<S>] {
  const query = useQuery()
  const values = useMemo(() => readShape(shape, new URLSearchParams(query)), [query, shape])
  const set = useMemo<SetUrl<S>>(() => (patch, options) => patchUrl(shape, patch, options), [shape])
  return [values, set]
}

function patchUrl<S extends Shape>(
  shape: S,
  patch: PatchOf<S>,
  options?: { replace?: boolean },
): void {
  const { pathname, search } = window.location
  const next = writeShape(shape, new URLSearchParams(search), patch).toString()
  go(next === '' ? pathname : `${pathname}?${next}`, options)
}

/** The variable parts of a path: matchPath('/traces/:id', '/traces/ab') → { id: 'ab' }. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/').filter(Boolean)
  const given = path.split('/').filter(Boolean)
  if (wanted.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? ''
    if (part.startsWith(':')) found[part.slice(1)] = decodePart(value)
    else if (part !== value) return undefined
  }
  return found
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
