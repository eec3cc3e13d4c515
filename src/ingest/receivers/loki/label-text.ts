/**
 * Reads the labels of a stream: `{app="cart", stream="stdout"}` as Promtail writes it, or an object
 * of JSON. What the labels mean is left to label-words.ts.
 */
import type { Label } from './label-words.ts'

/** Why the labels cannot be taken, in Loki's words. */
export class BadLabels extends Error {}

const space = /[ \t\r\n]*/y
const name = /[a-zA-Z_][a-zA-Z0-9_]*/y
const quoted = /"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/y
const wholeName = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** Throws BadLabels. */
export function parseLabelText(text: string): Label[] {
  const labels: Label[] = []
  let at = after(space, text, 0)
  const expect = (character: string) => {
    if (text[at] !== character) unexpected(text, at, `"${character}"`)
    at = after(space, text, at + 1)
  }
  expect('{')
  while (text[at] !== '}') {
    if (labels.length > 0) expect(',')
    if (text[at] === '}') break
    const nameEnd = after(name, text, at)
    if (nameEnd === at) unexpected(text, at, 'a label name')
    const label = text.slice(at, nameEnd)
    at = after(space, text, nameEnd)
    expect('=')
    quoted.lastIndex = at
    const value = quoted.exec(text)
    if (value === null) unexpected(text, at, 'a quoted value')
    at = after(space, text, quoted.lastIndex)
    labels.push([label, value[2] ?? unquote(value[1] ?? '')])
  }
  at = after(space, text, at + 1)
  if (at !== text.length) unexpected(text, at, 'the end')
  return checked(labels, text)
}

/** The text of a JSON object, whose nesting was checked. Throws BadLabels or SyntaxError. */
export function parseLabelJson(text: string): Label[] {
  const object: unknown = JSON.parse(text)
  const labels: Label[] = []
  for (const [label, value] of Object.entries(object as object)) {
    if (!wholeName.test(label)) {
      fail(text, `parse error: ${JSON.stringify(label.slice(0, 100))} is no label name`)
    }
    if (typeof value !== 'string') fail(text, `the value of label ${label} is no string`)
    labels.push([label, value])
  }
  return checked(labels, text)
}

function checked(labels: Label[], text: string): Label[] {
  if (labels.length === 0) {
    throw new BadLabels('error at least one label pair is required per stream')
  }
  const names = new Set<string>()
  for (const [label] of labels) {
    if (names.has(label)) fail(text, `duplicate label name '${label}'`)
    names.add(label)
  }
  return labels
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function unexpected(text: string, at: number, what: string): never {
  const got = at < text.length ? JSON.stringify(text[at]) : 'the end'
  fail(text, `1:${at + 1}: parse error: expected ${what}, got ${got}`)
}

function fail(text: string, why: string): never {
  throw new BadLabels(`error parsing labels ${text.slice(0, 300)}: ${why}`)
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
const escaped = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g

/** As Go quotes strings. A byte that is no character by itself is not brought back. */
function unquote(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(escaped, (_all, x, u, long, octal, letter: string | undefined) => {
    if (letter !== undefined) return letters[letter] ?? letter
    if (x ?? octal) {
      const byte = x === undefined ? Number.parseInt(octal, 8) : Number.parseInt(x, 16)
      return byte < 0x80 ? String.fromCharCode(byte) : '\ufffd'
    }
    const code = Number.parseInt(u ?? long, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}
