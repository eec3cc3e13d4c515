/** Shortens a text in its middle, where ids and names with hashes carry the least. Pure. */
export function middle(text: string, characters: number): string {
  if (text.length <= characters) return text
  const head = Math.ceil((characters - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (characters - 1 - head))}`
}
