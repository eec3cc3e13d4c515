/** Names of labels: what is one, and how any other name is made one. */

export const errorLabel = '__error__'
export const errorDetailsLabel = '__error_details__'

export function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)
}

/** As Loki writes keys of JSON and logfmt: every other character becomes an underscore. */
export function sanitized(name: string, isPrefix = true): string {
  const text = name.trim()
  if (text === '') return ''
  const first = isPrefix && /^[0-9]/.test(text) ? '_' : ''
  return first + text.replace(/[^a-zA-Z0-9_]/gu, '_')
}
