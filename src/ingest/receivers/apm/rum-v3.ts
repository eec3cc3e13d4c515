/** Browsers' events with short names (intake v3) as the events with long names that they are. */
import { Invalid, isObject, type JsonObject, listAt } from './fields.ts'
import {
  errorNames,
  markGroupNames,
  markNames,
  metadataNames,
  metricsetSpanNames,
  type ShortNames,
  spanNames,
  transactionNames,
} from './rum-names.ts'

/** A line of v3 holds a transaction with all that belongs to it. */
export type WholeTransaction = {
  transaction: JsonObject
  spans: JsonObject[]
  metricsets: JsonObject[]
}

export function longMetadata(short: JsonObject): JsonObject {
  return lengthen(short, metadataNames)
}

export function longError(short: JsonObject): JsonObject {
  return lengthen(short, errorNames)
}

/** Throws Invalid. */
export function longTransaction(short: JsonObject): WholeTransaction {
  const transaction = { ...lengthen(short, transactionNames), marks: longMarks(short.k) }
  return { transaction, spans: longSpans(short), metricsets: longMetricsets(short) }
}

function lengthen(short: JsonObject, names: ShortNames): JsonObject {
  const long: Record<string, unknown> = {}
  for (const [key, name] of Object.entries(names)) {
    const value = short[key]
    if (value === undefined || value === null) continue
    if (typeof name === 'string') long[name] = value
    else if (isObject(value)) long[name[0]] = lengthen(value, name[1])
    else if (Array.isArray(value)) {
      long[name[0]] = value.filter(isObject).map((one) => lengthen(one, name[1]))
    } else long[name[0]] = value
  }
  return long
}

function longSpans(transaction: JsonObject): JsonObject[] {
  const spans = listAt(transaction, 'y', 'transaction.spans')
  return spans.map((span) => {
    if (!isObject(span)) throw new Invalid("validation error: 'transaction.spans' expected objects")
    const parent = typeof span.pi === 'number' ? spans[span.pi] : undefined
    return {
      ...lengthen(span, spanNames),
      trace_id: transaction.tid,
      transaction_id: transaction.id,
      parent_id: isObject(parent) ? parent.id : transaction.id,
    }
  })
}

function longMetricsets(transaction: JsonObject): JsonObject[] {
  return listAt(transaction, 'me', 'transaction.metricsets')
    .filter(isObject)
    .flatMap((metricset) => {
      const samples = isObject(metricset.sa) ? metricset.sa : {}
      const count = numberOf(samples.ysc)
      const sum_ms = numberOf(samples.yss)
      const long = {
        ...(count === undefined ? {} : { 'span.self_time.count': { value: count } }),
        ...(sum_ms === undefined ? {} : { 'span.self_time.sum.us': { value: sum_ms * 1000 } }),
      }
      if (Object.keys(long).length === 0) return []
      const span = isObject(metricset.y) ? { span: lengthen(metricset.y, metricsetSpanNames) } : {}
      const { n: name, t: type } = transaction
      return [{ ...span, transaction: { name, type }, samples: long }]
    })
}

function numberOf(sample: unknown): number | undefined {
  return isObject(sample) && typeof sample.v === 'number' ? sample.v : undefined
}

function longMarks(marks: unknown): JsonObject {
  if (!isObject(marks)) return {}
  return Object.fromEntries(
    Object.entries(marks).map(([group, times]) => [
      markGroupNames.get(group) ?? group,
      isObject(times)
        ? Object.fromEntries(
            Object.entries(times).map(([mark, at]) => [markNames.get(mark) ?? mark, at]),
          )
        : times,
    ]),
  )
}
