/**
 * Mustache as ingest pipelines use it: `{{a.b}}`, `{{{a.b}}}`, sections and lists by index. The
 * values of a template come from the document of the run; partials and lambdas are refused.
 */
import type { DocumentMap, DocumentValue } from '../document.ts'
import { copyOf, findAt, javaText } from '../document-path.ts'
import type { IngestRun } from './ingest-run.ts'

export type TextTemplate = { isConstant: boolean; render(run: IngestRun): string }
export type ValueTemplate = { isTemplate: boolean; make(run: IngestRun): DocumentValue }

type Section = {
  kind: 'section' | 'inverted'
  name: string
  keys: readonly string[]
  parts: Part[]
}
type Part =
  | Section
  | { kind: 'text'; text: string }
  | { kind: 'value'; keys: readonly string[]; isRaw: boolean }

const rendered_length_max = 1024 * 1024
const depth_max = 16

/** Throws with a word on what is wrong. */
export function compileTemplate(text: string, mediaType = 'application/json'): TextTemplate {
  if (!text.includes('{{')) return { isConstant: true, render: () => text }
  const parts = partsOf(text)
  const encode = encoders[mediaType] ?? encoders['application/json']!
  const only = parts.length === 1 ? parts[0]! : undefined
  if (only?.kind === 'value') {
    const { keys, isRaw } = only
    const render = (run: IngestRun) => {
      const value = textOf(run.findForTemplate(keys))
      return isRaw ? value : encode(value)
    }
    return { isConstant: false, render }
  }
  return { isConstant: false, render: (run) => renderAll(parts, run, [], encode) }
}

/** A value whose texts, within lists and objects too, may be templates. A new one at each call. */
export function compileValue(value: DocumentValue, mediaType: string): ValueTemplate {
  if (typeof value === 'string') {
    const template = compileTemplate(value, mediaType)
    return { isTemplate: !template.isConstant, make: (run) => template.render(run) }
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => compileValue(item, mediaType))
    const isTemplate = items.some((item) => item.isTemplate)
    if (!isTemplate) return { isTemplate, make: () => copyOf(value) }
    return { isTemplate, make: (run) => items.map((item) => item.make(run)) }
  }
  if (!(value instanceof Map)) return { isTemplate: false, make: () => value }
  const entries = Array.from(value, ([key, item]) => ({
    key: compileTemplate(key, mediaType),
    item: compileValue(item, mediaType),
  }))
  const isTemplate = entries.some(({ key, item }) => !key.isConstant || item.isTemplate)
  if (!isTemplate) return { isTemplate, make: () => copyOf(value) }
  const make = (run: IngestRun) =>
    new Map(entries.map(({ key, item }) => [key.render(run), item.make(run)] as const))
  return { isTemplate, make }
}

function partsOf(text: string): Part[] {
  const open: { name: string; parts: Part[] }[] = [{ name: '', parts: [] }]
  let at = 0
  while (at < text.length) {
    const parts = open.at(-1)!.parts
    const start = text.indexOf('{{', at)
    if (start < 0 || start > at) {
      parts.push({ kind: 'text', text: text.slice(at, start < 0 ? undefined : start) })
    }
    if (start < 0) break
    const isTriple = text[start + 2] === '{'
    const close = isTriple ? '}}}' : '}}'
    const end = text.indexOf(close, start + close.length)
    if (end < 0) throw new Error(`Improperly closed variable in template at ${start}`)
    const tag = text.slice(start + close.length, end).trim()
    at = end + close.length
    readTag(tag, isTriple, parts, open)
  }
  if (open.length > 1) throw new Error(`section [${open.at(-1)!.name}] of the template has no end`)
  return open[0]!.parts
}

function readTag(
  tag: string,
  isTriple: boolean,
  parts: Part[],
  open: { name: string; parts: Part[] }[],
): void {
  const sign = isTriple ? '' : (tag[0] ?? '')
  const name = tag.slice(1).trim()
  switch (sign) {
    case '!':
      return
    case '#':
    case '^': {
      if (open.length > depth_max) throw new Error(`sections are at most ${depth_max} deep`)
      const kind = sign === '#' ? 'section' : 'inverted'
      const section: Section = { kind, name, keys: name.split('.'), parts: [] }
      parts.push(section)
      open.push(section)
      return
    }
    case '/':
      if (open.length < 2 || open.at(-1)!.name !== name) {
        throw new Error(`the template ends section [${name}] that is not open`)
      }
      open.pop()
      return
    case '>':
    case '<':
    case '=':
      throw new Error(`a template has no [${sign}] here`)
    default: {
      const isRaw = isTriple || sign === '&'
      const word = sign === '&' ? name : tag
      if (word === '') throw new Error('a template names no field in {{}}')
      parts.push({ kind: 'value', keys: word === '.' ? ['.'] : word.split('.'), isRaw })
    }
  }
}

type Scope = readonly DocumentValue[]

function renderAll(
  parts: readonly Part[],
  run: IngestRun,
  scope: Scope,
  encode: (text: string) => string,
): string {
  let text = ''
  for (const part of parts) {
    if (part.kind === 'text') text += part.text
    else if (part.kind === 'value') {
      const value = textOf(lookUp(part.keys, run, scope))
      text += part.isRaw ? value : encode(value)
    } else text += renderSection(part, run, scope, encode)
    if (text.length > rendered_length_max) throw new Error('a template makes more than 1 MiB')
  }
  return text
}

function renderSection(
  part: Section,
  run: IngestRun,
  scope: Scope,
  encode: (text: string) => string,
): string {
  if (part.kind === 'section' && (part.name === 'toJson' || part.name.startsWith('join'))) {
    return renderCall(part, run, scope)
  }
  const value = lookUp(part.keys, run, scope)
  const isEmpty =
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  if (part.kind === 'inverted') return isEmpty ? renderAll(part.parts, run, scope, encode) : ''
  if (isEmpty) return ''
  const items = Array.isArray(value) ? value : [value]
  let text = ''
  for (const item of items) {
    text += renderAll(part.parts, run, [...scope, item], encode)
    if (text.length > rendered_length_max) throw new Error('a template makes more than 1 MiB')
  }
  return text
}

/** `{{#toJson}}field{{/toJson}}` and `{{#join}}field{{/join}}` name a field in their text. */
function renderCall(part: Section, run: IngestRun, scope: Scope) {
  const name = renderAll(part.parts, run, scope, (text) => text).trim()
  const value = lookUp(name.split('.'), run, scope)
  if (part.name === 'toJson') return value === undefined ? '' : jsonText(value)
  const delimiter = /^join\s+delimiter='(.*)'$/.exec(part.name)?.[1] ?? ','
  return Array.isArray(value) ? value.map(javaText).join(delimiter) : textOf(value)
}

export function jsonText(value: DocumentValue): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (!(value instanceof Map)) return typeof value === 'bigint' ? `${value}` : JSON.stringify(value)
  return `{${Array.from(value, ([k, item]) => `${JSON.stringify(k)}:${jsonText(item)}`).join(',')}}`
}

function lookUp(keys: readonly string[], run: IngestRun, scope: Scope): DocumentValue | undefined {
  if (keys[0] === '.' && keys.length === 1) return scope.at(-1)
  for (let i = scope.length - 1; i >= 0; i--) {
    const item = scope[i]!
    if (!(item instanceof Map)) continue
    const found = findAt(item, { text: '', keys })
    if (found !== undefined) return found
  }
  return run.findForTemplate(keys)
}

/** Lists are to Mustache maps of their places, and look like that. */
function textOf(value: DocumentValue | undefined): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  if (!Array.isArray(value)) return javaText(value)
  const places: DocumentMap = new Map(value.map((item, i) => [String(i), item]))
  return javaText(places)
}

const encoders: Record<string, (text: string) => string> = {
  'application/json': (text) =>
    /["\\\p{Cc}]/u.test(text) ? JSON.stringify(text).slice(1, -1) : text,
  'text/plain': (text) => text,
  'application/x-www-form-urlencoded': (text) =>
    encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+'),
}
