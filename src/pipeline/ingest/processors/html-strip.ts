/** html_strip: a text without tags, with entities as characters; a block begins a new line. */
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

const entities: Record<string, string> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', copy: '©', reg: '®' },
  ...{ hellip: '…', mdash: '—', ndash: '–', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”' },
  ...{ euro: '€', pound: '£', yen: '¥', cent: '¢', sect: '§', deg: '°', trade: '™', bull: '•' },
  ...{ laquo: '«', raquo: '»', times: '×', middot: '·', para: '¶', iexcl: '¡', iquest: '¿' },
}

export const htmlStrip: ProcessorKind = {
  type: 'html_strip',
  compile: (options) => stringStep(options, stripped),
}

const inline = new Set([
  ...['a', 'abbr', 'acronym', 'b', 'basefont', 'bdo', 'big', 'cite', 'code', 'dfn', 'em', 'font'],
  ...['i', 'img', 'input', 'kbd', 'label', 'q', 's', 'samp', 'select', 'small', 'span', 'strike'],
  ...['strong', 'sub', 'sup', 'textarea', 'tt', 'u', 'var'],
])

function stripped(text: string): string {
  let out = ''
  // Without these a text of openings alone would be searched to its end for each of them.
  const lastClose = text.lastIndexOf('>')
  let lower: string | undefined
  const lowered = () => {
    lower ??= text.toLowerCase()
    return lower
  }
  for (let at = 0; at < text.length; ) {
    const start = text.indexOf('<', at)
    if (start < 0) return out + decoded(text.slice(at))
    out += decoded(text.slice(at, start))
    const end = start > lastClose ? -1 : tagEnd(text, start, lowered)
    if (end < 0) {
      out += '<'
      at = start + 1
      continue
    }
    const name = /^\/?([a-z][a-z0-9]*)/i.exec(text.slice(start + 1, start + 32))?.[1] ?? ''
    if (name !== '' && !inline.has(name.toLowerCase())) out += '\n'
    at = end
  }
  return out
}

/** The place after a tag, a comment or a script that begins here, or -1 when it is none. */
function tagEnd(text: string, start: number, lowered: () => string): number {
  if (text.startsWith('<!--', start)) {
    const end = text.indexOf('-->', start)
    return end < 0 ? text.length : end + 3
  }
  const name = /^<(script|style)\b/i.exec(text.slice(start, start + 8))?.[1]
  if (name !== undefined) {
    const end = lowered().indexOf(`</${name.toLowerCase()}`, start)
    const close = end < 0 ? -1 : text.indexOf('>', end)
    return close < 0 ? text.length : close + 1
  }
  if (!/[a-zA-Z/!?]/.test(text[start + 1] ?? '')) return -1
  const end = text.indexOf('>', start)
  return end < 0 ? -1 : end + 1
}

function decoded(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g,
    (all, ...found) => {
      const [digits, hex, name] = found as (string | undefined)[]
      if (name !== undefined) return Object.hasOwn(entities, name) ? entities[name]! : all
      const code = digits === undefined ? Number.parseInt(hex!, 16) : Number(digits)
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
    },
  )
}
