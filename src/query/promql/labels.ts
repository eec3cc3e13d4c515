/**
 * Label sets: order, keys that tell them apart, grouping, and the hash that limit_ratio samples
 * by. A set is sorted by name and never holds an empty value.
 */
import type { Labels } from '../series.ts'
import { quote } from './go-text.ts'
import { xxhash64 } from './xxhash.ts'

export const nameLabel = '__name__'
export const noLabels: Labels = []

export function labelOf(labels: Labels, name: string): string {
  for (const [key, value] of labels) if (key === name) return value
  return ''
}

const codeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** UTF-8 order, which is what Go compares by: code units differ from it beyond U+FFFF alone. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at)
    const y = b.charCodeAt(at)
    if (x === y) continue
    const isHighX = x >= 0xd800 && x <= 0xdfff
    const isHighY = y >= 0xd800 && y <= 0xdfff
    if (isHighX !== isHighY) return isHighX ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

export function compareLabels(a: Labels, b: Labels): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const x = a[at]
    const y = b[at]
    if (x === undefined || y === undefined) break
    const order = compareText(x[0], y[0]) || compareText(x[1], y[1])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Sorted and without empty values, from pairs in any order. The last of a name counts. */
export function labelsFrom(pairs: Iterable<readonly [string, string]>): Labels {
  const byName = new Map(pairs)
  return [...byName].filter(([, value]) => value !== '').sort((a, b) => codeUnits(a[0], b[0]))
}

export function withLabel(labels: Labels, name: string, value: string): Labels {
  const rest = labels.filter(([key]) => key !== name)
  if (value === '') return rest.length === labels.length ? labels : rest
  const at = rest.findIndex(([key]) => key > name)
  rest.splice(at === -1 ? rest.length : at, 0, [name, value])
  return rest
}

export function keepLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return labels.filter(([name]) => names.has(name))
}

export function dropLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  return labels.filter(([name]) => !names.has(name))
}

/** The labels without the metric's name. */
export function dropName(labels: Labels): Labels {
  return labels.some(([name]) => name === nameLabel)
    ? labels.filter(([name]) => name !== nameLabel)
    : labels
}

const keys = new WeakMap<Labels, string>()

/** Equal for equal sets and for no others: lengths stand before the texts. */
export function keyOf(labels: Labels): string {
  let key = keys.get(labels)
  if (key === undefined) {
    key = ''
    for (const [name, value] of labels) key += `${name.length}:${name}${value.length}:${value}`
    keys.set(labels, key)
  }
  return key
}

/** The key of the labels that are (not) among the names, made without a new label set. */
export function partialKey(labels: Labels, names: ReadonlySet<string>, isWith: boolean): string {
  let key = ''
  for (const [name, value] of labels) {
    if (names.has(name) === isWith) key += `${name.length}:${name}${value.length}:${value}`
  }
  return key
}

const legacyName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/

export const isLegacyMetricName = (name: string): boolean => legacyName.test(name)
export const isLegacyLabelName = (name: string): boolean => legacyLabel.test(name)
/** Any UTF-8 text but the empty one names a label. */
export const isLabelName = (name: string): boolean => name !== '' && name.isWellFormed()

/** `name{a="b", c="d"}`, as Prometheus writes a series in its messages. */
export function showLabels(labels: Labels): string {
  const name = labelOf(labels, nameLabel)
  const isPlain = name === '' || isLegacyMetricName(name)
  const shown = labels
    .filter(([key]) => !(isPlain && key === nameLabel))
    .map(([key, value]) => `${isLegacyLabelName(key) ? key : quote(key)}=${quote(value)}`)
  if (shown.length === 0 && isPlain && name !== '') return name
  return `${isPlain ? name : ''}{${shown.join(', ')}}`
}

/** All labels in braces, the name as one of them. */
export function showAll(labels: Labels): string {
  const shown = labels.map(([key, value]) => {
    return `${isLegacyLabelName(key) ? key : quote(key)}=${quote(value)}`
  })
  return `{${shown.join(', ')}}`
}

const utf8 = new TextEncoder()

/** Prometheus's hash of a label set over its length-prefixed encoding, from 0 to 1. */
export function ratioOf(labels: Labels): number {
  const bytes: number[] = []
  for (const pair of labels) {
    for (const text of pair) {
      const encoded = utf8.encode(text)
      const length = encoded.length
      if (length < 255) bytes.push(length)
      else bytes.push(255, length & 255, (length >> 8) & 255, (length >> 16) & 255)
      for (const byte of encoded) bytes.push(byte)
    }
  }
  return Number(xxhash64(Uint8Array.from(bytes))) / 2 ** 64
}
