/**
 * Which fields rows of a search have and what they hold most often, from an even sample; and names
 * and values for completion.
 */
import { type Field, resolveField, type SearchTable, searchFields } from '../../model/fields.ts'
import type { AskOf, RangeAsk } from '../../model/question.ts'
import { isSecurityTable, securityMaps } from '../../model/security-fields.ts'
import { tables } from '../../model/tables.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type {
  ExploreFields,
  ExploreResource,
  exploreFields,
  exploreResource,
  QueryWords,
  WordsAsk,
} from './contract.ts'
import { matching, optionsOf } from './queries-matching.ts'
import { rowsFrom, textValue } from './queries-values.ts'

const sample_rows_max = 20_000
const fields_max = 200
const values_max = 10
const value_characters_max = 200

type FieldRow = {
  field: string
  values: string[]
  counts: string[]
  present: string
  is_number: number
}

export async function fields(
  ask: AskOf<typeof exploreFields>,
  context: AskContext,
): Promise<ExploreFields> {
  const { table } = ask
  const matched = matching(ask.search, table, ask, context)
  const counted = await context.store.rows<{ total: string }>(
    sql`SELECT count() AS total FROM ${sql.identifier(table)} WHERE ${matched}`,
    optionsOf(context),
  )
  const total = Number(counted[0]?.total ?? 0)
  const sampled = Math.min(total, sample_rows_max)
  const chosen = sql`${matched} AND ${evenly(table, total)}`
  const own = await topValues(
    sql`SELECT ${items(table)} AS items, 1 AS weight FROM ${sql.identifier(table)} WHERE ${chosen}
      LIMIT ${sample_rows_max}`,
    context,
  )
  const known = new Set(own.map(({ field }) => field))
  // What has a column, under any of its names, is listed once.
  const isOwn = (name: string) => !known.has(name) && resolveField(table, name).tag === 'attribute'
  const ofResources = hasResources(table) ? await resourceValues(ask, chosen, context) : []
  const rows = [...own, ...ofResources.filter(({ field }) => isOwn(field))]
  return { ...answerOf(table, rows.slice(0, fields_max)), sampled, total }
}

function topValues(source: Sql, context: AskContext): Promise<FieldRow[]> {
  return context.store.rows<FieldRow>(
    sql`SELECT field, groupArray(${values_max})(value) AS values,
      groupArray(${values_max})(rows) AS counts, sum(rows) AS present, max(number) AS is_number
    FROM (
      SELECT item.1 AS field, item.2 AS value, max(item.3) AS number, sum(weight) AS rows
      FROM (${source}) ARRAY JOIN items AS item WHERE item.2 != ''
      GROUP BY field, value ORDER BY rows DESC, value
    )
    GROUP BY field ORDER BY present DESC, field LIMIT ${fields_max}`,
    optionsOf(context),
  )
}

function answerOf(table: SearchTable, rows: readonly FieldRow[]) {
  const names = searchFields[table].map(({ name }) => name)
  const rank = ({ field }: FieldRow) => {
    const at = names.indexOf(field)
    return at < 0 ? names.length : at
  }
  const ordered = rows.toSorted((a, b) => rank(a) - rank(b))
  return {
    field: ordered.map(({ field }) => field),
    kind: ordered.map(({ is_number }) => (Number(is_number) === 1 ? 'number' : 'word')),
    present: ordered.map(({ present }) => Number(present)),
    values: ordered.map(({ values }) => values),
    counts: ordered.map(({ counts }) => counts.map(Number)),
  } satisfies Omit<ExploreFields, 'sampled' | 'total'>
}

/** Ids, hashes and times are as many as rows; texts are searched, not listed. */
function isListed({ kind }: Field): boolean {
  return !['text', 'time', 'hash', 'id'].includes(kind)
}

/** Everything that a row says, as (name, value, whether it is a number). */
function items(table: SearchTable): Sql {
  const listed = searchFields[table].filter(isListed)
  const single = listed.filter(({ many }) => many !== true)
  const pairs = single.map(({ name, kind }) => {
    const isNumber = kind === 'number' || kind === 'duration' ? 1 : 0
    return sql`(${name}, substring(${textValue(table, name).value}, 1, ${value_characters_max}),
      ${isNumber})`
  })
  const lists = listed
    .filter(({ many }) => many === true)
    .map(({ name, column }) => {
      const items = sql`arrayDistinct(${sql.identifier(column)})`
      return sql`arrayMap(item -> (${name}, toString(item), 0), ${items})`
    })
  return sql`arrayConcat(${sql.join([sql`[${sql.join(pairs)}]`, ...lists, ...mapItems(table)])})`
}

function mapItems(table: SearchTable): Sql[] {
  const columns: Readonly<Record<string, string>> = tables[table].columns
  const texts = isSecurityTable(table) ? securityMaps[table].texts : ['attributes']
  const maps = texts.filter((name) => name in columns).map((name) => textItems(name))
  if (!('numbers' in columns)) return maps
  const numbers = sql`arrayMap((k, v) -> (toString(k), toString(v), 1),
    mapKeys(numbers), mapValues(numbers))`
  return [...maps, numbers]
}

function textItems(name: string): Sql {
  const map = sql.identifier(name)
  return sql`arrayMap((k, v) -> (toString(k), substring(v, 1, ${value_characters_max}), 0),
    mapKeys(${map}), mapValues(${map}))`
}

function evenly(table: SearchTable, total: number): Sql {
  if (total <= sample_rows_max) return sql`true`
  const share = Math.ceil((sample_rows_max / total) * 1_000_000)
  const key = hasResources(table) ? sql`time, resource_id` : sql`time, cluster, namespace`
  return sql`cityHash64(${key}) % 1000000 < ${share}`
}

/** Those whose resources tell of what a row is about. */
function hasResources(table: SearchTable): boolean {
  return table === 'logs' || table === 'spans' || table === 'metric_series'
}

function resourceValues(
  ask: RangeAsk & { table: SearchTable },
  chosen: Sql,
  context: AskContext,
): Promise<FieldRow[]> {
  const range = within('resources', ask, context.scope)
  return topValues(
    sql`SELECT ${textItems('attributes')} AS items, weight FROM (
        SELECT resource_id, argMax(attributes, time) AS attributes FROM resources
        WHERE ${range} GROUP BY resource_id) AS other
      INNER JOIN (SELECT resource_id, count() AS weight FROM (
          SELECT resource_id FROM ${sql.identifier(ask.table)} WHERE ${chosen}
          LIMIT ${sample_rows_max})
        GROUP BY resource_id) AS own USING (resource_id)`,
    context,
  )
}

export async function resource(
  ask: AskOf<typeof exploreResource>,
  context: AskContext,
): Promise<ExploreResource> {
  const [found] = await context.store.rows<{ attributes: Record<string, string> }>(
    sql`SELECT attributes FROM resources
      WHERE ${within('resources', ask, context.scope)} AND resource_id = ${BigInt(ask.resource_id)}
      ORDER BY time DESC LIMIT 1`,
    optionsOf(context),
  )
  const entries = Object.entries(found?.attributes ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return { name: entries.map(([name]) => name), value: entries.map(([, value]) => value) }
}

const words_max = 200

/** Field names or a field's values, of the rows that the selector, a search, finds. */
export async function searchWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const { table, prefix } = ask
  if (ask.of === 'metrics') return { word: [], detail: [], capped: false }
  if (ask.of === 'labels') return fieldWords(ask, context)
  const { value, needsResource } = textValue(table, ask.label)
  const condition = matching(ask.selector, table, ask, context)
  const from = rowsFrom(table, condition, {
    isNeeded: needsResource,
    range: ask,
    scope: context.scope,
  })
  const found = await context.store.rows<{ word: string; rows: string }>(
    sql`SELECT word, count() AS rows FROM (SELECT ${value} AS word FROM ${from})
      WHERE word != '' AND positionCaseInsensitive(word, ${prefix}) > 0
      GROUP BY word ORDER BY startsWith(lower(word), lower(${prefix})) DESC, rows DESC, word
      LIMIT ${words_max + 1}`,
    optionsOf(context),
  )
  const told = found.slice(0, words_max)
  return {
    word: told.map(({ word }) => word),
    detail: told.map(({ rows }) => rows),
    capped: found.length > words_max,
  }
}

async function fieldWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const { table, prefix } = ask
  const seen = await fields({ ...ask, search: ask.selector }, context)
  const rows = new Map(seen.field.map((name, at) => [name, seen.present[at]!]))
  const own = searchFields[table].map(({ name }) => name)
  const wanted = prefix.toLowerCase()
  const all = [...new Set([...own, ...seen.field])]
  const word = all.filter((name) => name.toLowerCase().includes(wanted))
  return {
    word: word.slice(0, words_max),
    detail: word.slice(0, words_max).map((name) => String(rows.get(name) ?? '')),
    capped: word.length > words_max,
  }
}
