/**
 * Finds how severe a plain text line says it is: klog, log4j, bracketed and logfmt styles, syslog
 * numbers. Only its beginning is read; JSON bodies name theirs in a member.
 */

const numbers = new Map<string, number>()
for (const [number, names] of [
  [1, 'TRACE VERBOSE FINEST FINER'],
  [5, 'DEBUG DBG FINE'],
  [9, 'INFO INFORMATION INFORMATIONAL LOG'],
  [10, 'NOTICE'],
  [13, 'WARN WARNING WRN'],
  [17, 'ERROR ERR SEVERE'],
  [18, 'CRITICAL CRIT'],
  [19, 'ALERT'],
  [21, 'FATAL PANIC EMERG EMERGENCY FTL'],
] as const) {
  for (const name of names.split(' ')) numbers.set(name, number)
}
for (const [letter, number] of Object.entries({ V: 1, T: 1, D: 5, I: 9, N: 10, W: 13, E: 17 })) {
  numbers.set(letter, number)
}
numbers.set('C', 18)
numbers.set('F', 21)

/** The number of a word of any case, 0 when it is none. Bunyan and pino count 10, 20 … 60. */
export function severityOfWord(word: string): number {
  return numbers.get(word.toUpperCase()) ?? 0
}

export function severityOfNumber(level: number): number {
  return level >= 10 && level <= 60 && level % 10 === 0 ? [1, 5, 9, 13, 17, 21][level / 10 - 1]! : 0
}

/** Where the word lay that the last call found; equal when it was a letter or a number. */
export const foundWord = { start: 0, end: 0 }

/** Further in, a word is part of what is said and not of how it is labelled. */
const head_bytes = 120
const word_bytes_max = 13
const syslogNumbers = [21, 19, 18, 17, 13, 10, 9, 5]

const isUpper = new Uint8Array(256)
const isLetter = new Uint8Array(256)
/** First letters of the words above. */
const isFirst = new Uint8Array(256)
for (let code = 0x41; code <= 0x5a; code++) {
  isUpper[code] = isLetter[code] = isLetter[code + 0x20] = 1
}
for (const name of numbers.keys()) isFirst[name.charCodeAt(0)] = 1
/** What may stand before and after a word that labels the line. */
const opens = new Set(Array.from(' \t[<(|m:"\'=*', (sign) => sign.charCodeAt(0)))
const closes = new Set(Array.from(' \t]>)|:"\',;!-\x1b', (sign) => sign.charCodeAt(0)))
const isOpen = Uint8Array.from({ length: 256 }, (_, code) => (opens.has(code) ? 1 : 0))
const isClose = Uint8Array.from({ length: 256 }, (_, code) => (closes.has(code) ? 1 : 0))

export function severityOfLine(bytes: Uint8Array, start: number, end: number): number {
  foundWord.start = foundWord.end = 0
  const first = bytes[start]
  if (first === 0x3c) {
    const syslog = syslogPriority(bytes, start, end)
    if (syslog > 0) return syslog
  }
  if (isFirst[first!] === 1 && isLetterHead(bytes, start, end)) {
    return numbers.get(String.fromCharCode(first!)) ?? 0
  }
  const stop = Math.min(end, start + head_bytes)
  let before = space
  for (let at = start; at < stop; ) {
    const byte = bytes[at]!
    if (isLetter[byte] === 0) {
      before = byte
      at++
      continue
    }
    const from = at
    while (at < end && isLetter[bytes[at]!] === 1) at++
    const isLabel = isOpen[before] === 1 && at - from <= word_bytes_max && at - from > 1
    if (isLabel && isFirst[bytes[from]! & 0xdf] === 1) {
      const number = labelNumber(bytes, start, from, at, end)
      if (number > 0) return number
    }
    before = 0x61
    // A colour code's last letter opens the word after it: "\x1b[31mERROR".
    if (from >= start + 2 && bytes[from] === 0x6d && isColour(bytes, start, from)) {
      before = 0x6d
      at = from + 1
    }
  }
  return 0
}

const space = 0x20

function labelNumber(
  bytes: Uint8Array,
  lineStart: number,
  from: number,
  to: number,
  end: number,
): number {
  if (to < end && isClose[bytes[to]!] === 0) return 0
  const before = from === lineStart ? space : bytes[from - 1]!
  if (before === 0x3a && from - lineStart > 1 && bytes[from - 2] === 0x3a) return 0
  // In small letters it must be marked: [warn], level=warn, "level":"warn", <warn>, warn: …
  if (isUpper[bytes[from + 1]!] === 0 && !isMarked(bytes, lineStart, from, to, end)) return 0
  const number = numbers.get(textOf(bytes, from, to)) ?? 0
  if (number > 0) {
    foundWord.start = from
    foundWord.end = to
  }
  return number
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let at = from; at < to; at++) text += String.fromCharCode(bytes[at]! & 0xdf)
  return text
}

function isMarked(
  bytes: Uint8Array,
  lineStart: number,
  from: number,
  to: number,
  end: number,
): boolean {
  const before = from === lineStart ? 0 : bytes[from - 1]!
  const after = to < end ? bytes[to]! : 0
  if (before === 0x5b) return after === 0x5d
  if (before === 0x3c) return after === 0x3e
  if (before === 0x7c) return after === 0x7c
  if (from === lineStart) return after === 0x3a
  if (before === 0x6d) return after === 0x1b
  const quoted = before === 0x22 || before === 0x27 ? 1 : 0
  return isLevelKey(bytes, lineStart, from - 1 - quoted)
}

const levelKeys = ['level', 'lvl', 'severity', 'loglevel']

/** Whether `level=`, `lvl=`, `severity: ` or the like ends at the place given. */
function isLevelKey(bytes: Uint8Array, lineStart: number, last: number): boolean {
  let at = last
  while (at > lineStart && bytes[at] === space) at--
  if (bytes[at] !== 0x3d && bytes[at] !== 0x3a) return false
  let to = at
  if (bytes[to - 1] === 0x22 || bytes[to - 1] === 0x27) to--
  let from = to
  while (from > lineStart && to - from < 9 && isLetter[bytes[from - 1]!] === 1) from--
  let key = ''
  for (at = from; at < to; at++) key += String.fromCharCode(bytes[at]! | 0x20)
  return levelKeys.includes(key)
}

/** klog `E0102 15:04:05.678901` and Ruby's `E, [2026-…`. */
function isLetterHead(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 12) return false
  if (bytes[start + 1] === 0x2c) return bytes[start + 2] === space && bytes[start + 3] === 0x5b
  for (let at = start + 1; at < start + 5; at++) {
    if (bytes[at]! < 0x30 || bytes[at]! > 0x39) return false
  }
  return bytes[start + 5] === space && bytes[start + 8] === 0x3a
}

/** `<3>` of systemd and the kernel, `<134>` of syslog: the low three bits are the severity. */
function syslogPriority(bytes: Uint8Array, start: number, end: number): number {
  let number = 0
  let at = start + 1
  for (; at < end && at < start + 4; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) break
    number = number * 10 + digit
  }
  return at > start + 1 && bytes[at] === 0x3e && number < 192 ? syslogNumbers[number & 7]! : 0
}

/** Whether the m at this place ends `ESC [ 1 ; 31 m`. */
function isColour(bytes: Uint8Array, start: number, m: number): boolean {
  let at = m - 1
  while (at > start && ((bytes[at]! >= 0x30 && bytes[at]! <= 0x39) || bytes[at] === 0x3b)) at--
  return at > start && bytes[at] === 0x5b && bytes[at - 1] === 0x1b
}
