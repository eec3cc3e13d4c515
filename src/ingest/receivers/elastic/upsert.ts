/** The document of an `update` action that may be stored as it is. */

const decoder = new TextDecoder()
const encoder = new TextEncoder()

const refused =
  'records are kept as they came: an update can only be stored with doc_as_upsert and its doc'

/** The document's bytes, or why there is none. */
export function upsertOf(source: Uint8Array): Uint8Array | string {
  try {
    const parsed: unknown = JSON.parse(decoder.decode(source), exactly)
    if (typeof parsed !== 'object' || parsed === null) return refused
    const { doc, doc_as_upsert, upsert } = parsed as Record<string, unknown>
    const asked = doc_as_upsert === true ? doc : upsert
    if (typeof asked !== 'object' || asked === null) return refused
    return encoder.encode(JSON.stringify(asked))
  } catch {
    // No JSON, or nested so deeply that it cannot be written again.
    return 'failed to parse the update: expected a JSON object'
  }
}

type Raw = typeof JSON & { rawJSON(text: string): unknown }

/** Numbers that a double cannot hold stay as they were written. */
function exactly(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || String(value) === source) return value
  return (JSON as Raw).rawJSON(source)
}
