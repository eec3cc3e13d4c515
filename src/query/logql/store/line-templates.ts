/**
 * What templates of lines prove: a text in the part of a template that never varies is in every
 * line of it, so that such lines are counted without reading them. What is not known here is read.
 */
import { templateOf } from '../../../model/template.ts'
import { sql } from '../../../store/sql.ts'
import type { Store } from '../../../store/store.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { StageOf } from '../ast.ts'
import type { TimeRange } from './names.ts'

/** Parts that never vary, by template_id. A template's id says all of it, so none grows old. */
type Known = { parts: Map<string, readonly string[]>; asked_ms: Map<string, number> }

const known = new WeakMap<Store, Known>()
const known_max = 5_000
const asks_max = 200
const fresh_ms = 300_000
const day_ms = 86_400_000
const lines_max = 50_000
/** Below this many of so many lines a template is not worth a place. */
const lines_min = 20
const rounds_max = 4
const timeout_ms = 2_000

function knownOf(store: Store): Known {
  const found = known.get(store) ?? { parts: new Map(), asked_ms: new Map() }
  known.set(store, found)
  return found
}

/** Looks for templates that are new. Only the first time in a range is waited for. */
export async function learnTemplates(range: TimeRange, context: QueryContext): Promise<void> {
  const { asked_ms } = knownOf(context.store)
  const days = [range.from_ms, range.to_ms].map((ms) => Math.floor(ms / day_ms))
  const { clusters, namespaces, classes } = context.scope
  const key = JSON.stringify([days, clusters, namespaces, classes])
  const last_ms = asked_ms.get(key)
  const now_ms = performance.now()
  if (last_ms !== undefined && now_ms - last_ms < fresh_ms) return
  if (asked_ms.size >= asks_max) asked_ms.clear()
  asked_ms.set(key, now_ms)
  // Lines of templates that could not be learned are read: slower, and the same answer.
  const learned = learn(range, context).catch(() => undefined)
  if (last_ms === undefined) await learned
}

async function learn(range: TimeRange, { store, scope }: QueryContext): Promise<void> {
  const { parts } = knownOf(store)
  const recent = { ...range, from_ms: Math.max(range.from_ms, range.to_ms - day_ms) }
  for (let round = 0; round < rounds_max && parts.size < known_max; round++) {
    // An id of 0 was never computed. Without the caller's signal: what is learned is for all.
    const ids = [0n, ...[...parts.keys()].map(BigInt)]
    const rows = await store.rows<{ id: string; example: string }>(
      sql`SELECT toString(template_id) AS id, any(body) AS example
        FROM (SELECT template_id, body FROM logs PREWHERE template_id NOT IN ${ids}
          WHERE ${within('logs', recent, scope)} LIMIT ${lines_max})
        GROUP BY template_id HAVING count() >= ${lines_min}
        ORDER BY count() DESC LIMIT ${known_max}`,
      { timeout_ms, rows_max: known_max },
    )
    if (rows.length === 0) return
    for (const { id, example } of rows) parts.set(id, partsOf(example))
  }
}

function partsOf(body: string): string[] {
  // Bytes that are no text were replaced on the way here.
  return body.includes('\ufffd') ? [] : templateOf(body).split('<*>')
}

/** Every line of these templates is kept by all of the filters. */
export function templatesKept(filters: readonly StageOf<'line'>[], store: Store): bigint[] {
  const texts = filters.map(wantedTexts)
  if (texts.length === 0 || texts.includes(undefined)) return []
  const kept: bigint[] = []
  for (const [id, parts] of knownOf(store).parts) {
    const isKept = texts.every((any) =>
      any!.some((one) => parts.some((part) => part.includes(one))),
    )
    if (isKept) kept.push(BigInt(id))
  }
  return kept
}

/** The filter keeps what holds one of these; undefined where it says something else. */
function wantedTexts({ operator, any }: StageOf<'line'>): string[] | undefined {
  if (any.some(({ isIp }) => isIp)) return undefined
  const texts = any.map(({ text }) => text)
  if (operator === '|=') return texts
  if (operator !== '|~') return undefined
  const words = texts.flatMap((text) => text.split('|'))
  return words.every((word) => /^[\w :/,@#%&"'<>=;~!-]+$/.test(word)) ? words : undefined
}
