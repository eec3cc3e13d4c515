/** The last searches of a page, kept in this browser. */

const kept_max = 8

export function recentSearches(key: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`crowsnest.recent.${key}`) ?? '[]')
    return Array.isArray(kept) ? kept.filter((text) => typeof text === 'string') : []
  } catch {
    return []
  }
}

export function rememberSearch(key: string, text: string): void {
  const trimmed = text.trim()
  if (trimmed === '') return
  const next = [trimmed, ...recentSearches(key).filter((other) => other !== trimmed)]
  try {
    localStorage.setItem(`crowsnest.recent.${key}`, JSON.stringify(next.slice(0, kept_max)))
  } catch {
    // A browser may refuse to store; searching does not depend on it.
  }
}
