/**
 * Spans in OTLP's order: under their resources and instrumentations, with attributes as typed as
 * the store still knows them. encode-otlp.ts writes it as bytes, otlp-json.ts as JSON.
 */

import type { Span, Words } from './span.ts'
import { kindNames, statusNames } from './tree.ts'

export type Plain = string | number | boolean
export type Attributes = readonly (readonly [name: string, value: Plain])[]
export type ResourceSpans = { resource: Attributes; scopes: { name: string; spans: Span[] }[] }

export function resourceSpansOf(spans: readonly Span[]): ResourceSpans[] {
  const resources = new Map<string, { at: ResourceSpans; scopes: Map<string, Span[]> }>()
  for (const span of spans) {
    const key = `${span.resource_id} ${span.service}`
    let known = resources.get(key)
    if (known === undefined) {
      known = { at: { resource: resourceOf(span), scopes: [] }, scopes: new Map() }
      resources.set(key, known)
    }
    const own = known.scopes.get(span.scope)
    if (own !== undefined) own.push(span)
    else {
      const list = [span]
      known.scopes.set(span.scope, list)
      known.at.scopes.push({ name: span.scope, spans: list })
    }
  }
  return [...resources.values()].map(({ at }) => at)
}

function resourceOf(span: Span): Attributes {
  const attributes = wordsOf(span.resource)
  // Readers of traces rely on it, also where the sender gave no name.
  if (span.resource.has('service.name')) return attributes
  return [...attributes, ['service.name', span.service]]
}

/** The store keeps booleans as text. */
export function wordsOf(words: Words): [string, Plain][] {
  return [...words].map(([name, text]) => [name, plainOf(text)])
}

function plainOf(text: string): Plain {
  return text === 'true' || text === 'false' ? text === 'true' : text
}

export function attributesOf(span: Span): [string, Plain][] {
  return [...wordsOf(span.attributes), ...span.numbers]
}

export function kindNumber(kind: string): number {
  return Math.max(0, kindNames.indexOf(kind))
}

export function statusNumber(status: string): number {
  return Math.max(0, (statusNames as readonly string[]).indexOf(status))
}

/** 64 bits of an integer, which JSON writes as text. */
export function isInteger(value: number): boolean {
  return Number.isSafeInteger(value)
}
