/** The few forms of Markdown that generated pages are made of. */

export function generated(from: string): string {
  return `<!-- Generated from ${from} by \`node tools/run.mjs tools/docs.ts\`. Do not edit. -->`
}

export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

export function code(text: string): string {
  return `\`${text}\``
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trim()}\n\`\`\``
}
