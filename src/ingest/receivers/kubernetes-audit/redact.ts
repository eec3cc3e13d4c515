/**
 * Objects that audit events carry, as text that may be kept: without what a Secret or a token
 * holds, without bookkeeping, and bounded.
 */
import { limits } from '../../../model/limits.ts'
import { isObject } from '../security/sent.ts'

export const redactedWord = '[redacted]'
const object_chars_max = limits.attribute_value_bytes_max

const secretKinds = new Set(['Secret', 'SecretList'])
const secretResources = new Set(['secrets', 'tokenreviews', 'serviceaccounts/token'])
/** Members of a secret whose values are secret; its copy in an annotation holds them too. */
const secretMembers = new Set([
  ...['data', 'stringData', 'token', 'kubectl.kubernetes.io/last-applied-configuration'],
])

export type KeptObject = { text: string; isCut: boolean }

/** `resource` is what the request was about, `secrets`, `serviceaccounts/token`. */
export function keptObject(value: unknown, resource: string): KeptObject {
  if (value === undefined || value === null) return { text: '', isCut: false }
  const text = JSON.stringify(kept(value, secretResources.has(resource))) ?? ''
  if (text.length <= object_chars_max) return { text, isCut: false }
  return { text: text.slice(0, object_chars_max), isCut: true }
}

/** A copy. Depth is bounded by who read the event. */
function kept(value: unknown, isSecret: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => keptItem(item, isSecret))
  if (!isObject(value)) return value
  const isOne = isSecret || secretKinds.has(String(value.kind))
  const copy: Record<string, unknown> = Object.create(null)
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'managedFields') continue
    copy[key] = isOne && secretMembers.has(key) ? masked(inner) : kept(inner, isOne)
  }
  return copy
}

/** An operation of a JSON patch names a path; its value may be what is secret. */
function keptItem(item: unknown, isSecret: boolean): unknown {
  if (!isSecret || !isObject(item) || !Object.hasOwn(item, 'op')) return kept(item, isSecret)
  return 'value' in item ? { ...item, value: redactedWord } : item
}

/** Keys say which secrets there are, and are kept. */
function masked(value: unknown): unknown {
  if (!isObject(value)) return value === null ? null : redactedWord
  const copy: Record<string, unknown> = Object.create(null)
  for (const key of Object.keys(value)) copy[key] = redactedWord
  return copy
}

const secretParameter = /([?&](?:access_)?token=)[^&]*/gi

export function keptAddress(uri: string): string {
  return uri.replace(secretParameter, `$1${redactedWord}`)
}
