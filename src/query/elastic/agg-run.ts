/**
 * Runs the aggregations of a search and puts their answer together. What each level asks of the
 * store is agg-levels.ts's work, what is told of a bucket agg-buckets.ts's.
 */
import { sql } from '../../store/sql.ts'
import type { QueryContext } from '../context.ts'
import { type Bucket, bucketsOf, toldBuckets } from './agg-buckets.ts'
import { bucketCondition } from './agg-keys.ts'
import {
  type BucketRow,
  buckets_max,
  type Level,
  type LevelRows,
  levelsOf,
  pathOf,
  runLevel,
  tooManyBuckets,
} from './agg-levels.ts'
import { applyParents, applySiblings } from './agg-pipelines.ts'
import type { Agg } from './agg-request.ts'
import { and, type Condition } from './condition.ts'
import type { FieldType } from './field-names.ts'
import { Projection, type Rows } from './projection.ts'

export type AggAnswer = Record<string, unknown>

export type TopHits = (agg: Agg, condition: Condition, count: number) => Promise<AggAnswer>

export type AggRun = {
  rows: Rows
  types: ReadonlyMap<string, FieldType>
  context: QueryContext
  topHits: TopHits
}

/** Past so many documents percentiles are estimated. */
const exact_documents_max = 20_000_000

/** Whether it matters how many documents there are, and how far apart. */
function needsExtent({ type, aggs }: Agg): boolean {
  const isOne = type === 'auto_date_histogram' || type === 'percentiles' || type === 'top_hits'
  return isOne || aggs.some(needsExtent)
}

async function extentOf({ rows, types, context }: AggRun) {
  const { store, signal, limits } = context
  const [first] = await store.rows<{ n: string; a: string; b: string }>(
    sql`SELECT count() AS n, min(row_time_ms) AS a, max(row_time_ms) AS b
      FROM ${new Projection(types).rows(rows, context)}`,
    { signal, timeout_ms: limits.timeout_ms },
  )
  const span_ms = Math.max(0, Number(first?.b ?? 0) - Number(first?.a ?? 0))
  return { count: Number(first?.n ?? 0), span_ms }
}

export async function runAggs(
  aggs: readonly Agg[],
  run: AggRun,
): Promise<{ told: AggAnswer; count: number | undefined }> {
  const { types, context } = run
  const { now_ms } = context
  const seen = aggs.some(needsExtent) ? await extentOf(run) : undefined
  const span_ms = seen?.span_ms ?? 0
  const count = seen?.count
  const projection = new Projection(types)
  const isLarge = (count ?? 0) > exact_documents_max
  const root = levelsOf(undefined, aggs, { projection, now_ms, span_ms, isLarge })
  const found = new Map<Level, LevelRows>()
  await runAll([root], found, run, projection)
  const answer = new Answer(run, found)
  const rootRow = found.get(root)?.get(pathOf([]))?.[0]
  const row = rootRow ?? { key: [], doc_count: count ?? 0, total: count ?? 0, values: [] }
  const told = await answer.inside(root, row, [], { conditions: [], step_ms: undefined })
  return { told, count }
}

async function runAll(
  chain: readonly Level[],
  found: Map<Level, LevelRows>,
  run: AggRun,
  projection: Projection,
): Promise<void> {
  const own = chain.at(-1)!
  if (own.agg !== undefined || own.metrics.length > 0) {
    const source = projection.rows.bind(projection)
    found.set(
      own,
      await runLevel(
        chain.filter(({ agg }) => agg !== undefined || chain.length === 1),
        run.rows,
        source,
        run.context,
      ),
    )
  }
  for (const child of own.children) await runAll([...chain, child], found, run, projection)
}

type Around = { conditions: readonly Condition[]; step_ms: number | undefined }

const top_hits_buckets_max = 200

class Answer {
  readonly #run: AggRun
  readonly #found: ReadonlyMap<Level, LevelRows>
  #buckets = 0
  #topHits = 0

  constructor(run: AggRun, found: ReadonlyMap<Level, LevelRows>) {
    this.#run = run
    this.#found = found
  }

  /** What is told inside of one bucket, or of all documents. */
  async inside(
    level: Level,
    row: BucketRow,
    path: readonly unknown[],
    around: Around,
  ): Promise<AggAnswer> {
    const told: AggAnswer = Object.create(null)
    for (const { agg, metric, from } of level.metrics) {
      const values = row.values.slice(from, from + metric.columns.length)
      const { step_ms } = around
      told[agg.name] = withMeta(agg, metric.tell({ values, doc_count: row.doc_count, step_ms }))
    }
    for (const agg of level.topHits) {
      if (++this.#topHits > top_hits_buckets_max) throw tooManyBuckets()
      const hits = await this.#run.topHits(agg, and(around.conditions), row.doc_count)
      told[agg.name] = withMeta(agg, hits)
    }
    for (const child of level.children) {
      told[child.agg!.name] = withMeta(child.agg!, await this.#child(child, path, around))
    }
    applySiblings(level.pipelines, told)
    return told
  }

  async #child(level: Level, path: readonly unknown[], around: Around): Promise<AggAnswer> {
    const agg = level.agg!
    const rows = this.#found.get(level)?.get(pathOf(path)) ?? []
    const buckets = bucketsOf(level, rows, this.#run.context.now_ms)
    this.#buckets += buckets.length
    if (this.#buckets > buckets_max) throw tooManyBuckets()
    const told: Bucket[] = []
    for (const bucket of buckets) {
      const inner: Around = {
        conditions: [...around.conditions, bucketCondition(agg, level.keys, bucket.row.key)],
        step_ms: bucket.step_ms ?? around.step_ms,
      }
      const path_in = [...path, ...bucket.row.key]
      const aggregations = await this.inside(level, bucket.row, path_in, inner)
      told.push({ ...bucket, aggregations })
    }
    return toldBuckets(level, applyParents(level.pipelines, told), rows)
  }
}

function withMeta({ meta }: Agg, answer: AggAnswer): AggAnswer {
  return meta === undefined ? answer : { meta, ...answer }
}
