/** Grafana's transformations that have one of ours; the others are told. */
import type { Transform } from '../contract.ts'
import { calcOf } from './fields.ts'
import { type Json, listOf, numberOf, objectOf, objectsOf, textOf } from './read.ts'
import type { Note } from './report.ts'

export type Transformed = { transforms: Transform[]; notes: Note[]; hidden_refs: string[] }

/** What they do is done here anyway, or changes nothing that is shown. */
const needless = ['seriesToRows', 'labelsToFields', 'prepareTimeSeries', 'timeSeriesTable']

export function transformsOf(panel: Json): Transformed {
  const notes: Note[] = []
  const transforms: Transform[] = []
  const hidden_refs: string[] = []
  for (const one of objectsOf(panel.transformations)) {
    const id = textOf(one.id)
    if (one.disabled === true || needless.includes(id)) continue
    const options = objectOf(one.options)
    if (id === 'filterByRefId') {
      hidden_refs.push(...refsLeftOut(panel, textOf(options.include)))
      continue
    }
    const made = transformOf(id, options)
    if (made === undefined) notes.push({ code: 'transform', detail: id })
    else transforms.push(made)
  }
  return { transforms: transforms.slice(0, 32), notes, hidden_refs }
}

function refsLeftOut(panel: Json, include: string): string[] {
  const kept = include
    .replace(/^\/|\/$/g, '')
    .replace(/^\^?\(?(?:\?:)?|\)?\$?$/g, '')
    .split('|')
  const refs = objectsOf(panel.targets).map((target) => textOf(target.refId))
  return include === '' ? [] : refs.filter((ref) => !kept.includes(ref))
}

function transformOf(id: string, options: Json): Transform | undefined {
  switch (id) {
    case 'organize':
      return organize(options)
    case 'merge':
      return { kind: 'merge' }
    case 'joinByField':
    case 'seriesToColumns':
      return { kind: 'join', field: textOf(options.byField, 'Time') }
    case 'filterFieldsByName':
      return filterNames(options)
    case 'renameByRegex':
      return {
        ...{ kind: 'rename', pattern: textOf(options.regex) },
        to: textOf(options.renamePattern),
      }
    case 'reduce': {
      const calcs = listOf(options.reducers).flatMap((one) => calcOf(one) ?? [])
      return calcs.length === 0 ? undefined : { kind: 'reduce', calcs: calcs.slice(0, 8) }
    }
    case 'groupBy':
      return group(options)
    case 'sortBy': {
      const [first] = objectsOf(options.sort)
      if (first === undefined) return undefined
      return { kind: 'sort', field: textOf(first.field), is_down: first.desc === true }
    }
    case 'limit':
      return { kind: 'limit', rows: Math.max(1, Math.round(numberOf(options.limitField) ?? 10)) }
    case 'calculateField':
      return calculate(options)
    case 'filterByValue':
      return filterRows(options)
    default:
      return undefined
  }
}

function texts(value: unknown): string[] {
  return listOf(value).filter((one): one is string => typeof one === 'string')
}

function organize(options: Json): Transform {
  const hidden = Object.entries(objectOf(options.excludeByName))
    .filter(([, isHidden]) => isHidden === true)
    .map(([name]) => name)
  const names = Object.entries(objectOf(options.renameByName))
    .filter(([, name]) => typeof name === 'string' && name !== '')
    .map(([name, to]): [string, string] => [name, String(to)])
  const order = Object.entries(objectOf(options.indexByName))
    .sort(([, a], [, b]) => (numberOf(a) ?? 0) - (numberOf(b) ?? 0))
    .map(([name]) => name)
  return { kind: 'organize', hidden, names, order }
}

function filterNames(options: Json): Transform {
  const include = objectOf(options.include)
  const exclude = objectOf(options.exclude)
  const names = texts(include.names)
  const pattern = textOf(include.pattern)
  if (names.length > 0 || pattern !== '') {
    return { kind: 'filter_names', names, pattern, is_out: false }
  }
  const out = { names: texts(exclude.names), pattern: textOf(exclude.pattern) }
  return { kind: 'filter_names', ...out, is_out: true }
}

function group(options: Json): Transform {
  const by: string[] = []
  const sums: Extract<Transform, { kind: 'group' }>['sums'] = []
  for (const [name, given] of Object.entries(objectOf(options.fields))) {
    const { operation, aggregations } = objectOf(given)
    if (operation === 'groupby') by.push(name)
    else if (operation === 'aggregate') {
      for (const one of listOf(aggregations)) {
        const calc = calcOf(one)
        if (calc !== undefined) sums.push([name, calc])
      }
    }
  }
  return { kind: 'group', by: by.slice(0, 32), sums: sums.slice(0, 64) }
}

const operators = ['+', '-', '*', '/'] as const

function calculate(options: Json): Transform | undefined {
  if (options.mode === 'reduceRow') return combine(options)
  if (options.mode !== 'binary') return undefined
  const { left, right, operator } = objectOf(options.binary)
  const known = operators.find((one) => one === operator)
  const side = (given: unknown) =>
    textOf(given) ||
    textOf(objectOf(objectOf(given).matcher).options) ||
    String(objectOf(given).fixed ?? '')
  if (known === undefined) return undefined
  const sides = { left: side(left), right: side(right) }
  return { kind: 'calculate', ...sides, operator: known, as: textOf(options.alias) }
}

function combine(options: Json): Transform | undefined {
  const { include, reducer } = objectOf(options.reduce)
  const calc = calcOf(reducer)
  if (calc === undefined) return undefined
  const as = textOf(options.alias) || textOf(reducer)
  const is_alone = options.replaceFields === true
  return { kind: 'combine', fields: texts(include).slice(0, 100), calc, as, is_alone }
}

type Condition = Extract<Transform, { kind: 'filter_rows' }>['conditions'][number]

const conditions: Readonly<Record<string, Condition['is']>> = {
  ...{ equal: 'equal', notEqual: 'not_equal', greater: 'greater', lower: 'less' },
  ...{ isNull: 'null', isNotNull: 'not_null', regex: 'matches' },
}

function filterRows(options: Json): Transform | undefined {
  const filters = objectsOf(options.filters)
  const made = filters.flatMap((filter): Condition[] => {
    const config = objectOf(filter.config)
    const is = conditions[textOf(config.id)]
    if (is === undefined) return []
    const value = String(objectOf(config.options).value ?? '')
    return [{ field: textOf(filter.fieldName), is, value }]
  })
  if (made.length === 0 || made.length < filters.length) return undefined
  return {
    kind: 'filter_rows',
    is_out: options.type === 'exclude',
    is_any: options.match === 'any',
    conditions: made.slice(0, 32),
  }
}
