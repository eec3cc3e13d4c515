/**
 * info(): adds to series the labels that info metrics, target_info unless others are asked for,
 * know of their instance and job.
 */
import { type GridSeries, type Labels, type Matcher, QueryError } from '../series.ts'
import { bare, type Call, type Expression } from './ast.ts'
import { keepLabels, keyOf, labelOf, labelsFrom, nameLabel, showAll } from './labels.ts'
import { newest } from './lookback.ts'
import { merged } from './merge.ts'
import { selects, tester } from './regexp.ts'
import { emptyGrid, lastTime, put, type Scope, type Value, vectorOf } from './run.ts'
import { atTime, offsetMs, readRaw, release } from './selectors.ts'

const identifying = ['instance', 'job']
const identifyingSet = new Set(identifying)

/** The time and the labels of an info metric's sample at every step. */
type Info = { labels: Labels; times: GridSeries }

export async function info(node: Call, scope: Scope): Promise<Value> {
  const base = await vectorOf(node.args[0] as Expression, scope)
  const wanted = node.args[1] === undefined ? undefined : bare(node.args[1])
  const matchers = wanted?.kind === 'selector' ? wanted.matchers : []
  const named = matchers.filter(({ name }) => name === nameLabel)
  const data = matchers.filter(({ name }) => name !== nameLabel)
  const target: Matcher = { name: nameLabel, operator: '=', value: 'target_info' }
  const names = named.length === 0 ? [target] : named
  const isInfo = selects(names)
  const others = base.filter(({ labels }) => !isInfo(labels))
  const infos = await readInfos(others, [...names, ...data], node, scope)
  const out: GridSeries[] = []
  for (const series of base) {
    if (isInfo(series.labels)) out.push(series)
    else out.push(...enriched(series, infos, data))
  }
  return { kind: 'vector', series: merged(out) }
}

async function readInfos(
  base: readonly GridSeries[],
  matchers: readonly Matcher[],
  node: Call,
  scope: Scope,
): Promise<Info[]> {
  const known = identifying.flatMap((name): Matcher[] => {
    const values = new Set(base.map(({ labels }) => labelOf(labels, name)))
    values.delete('')
    if (values.size === 0) return []
    const value = [...values].map((one) => one.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')).join('|')
    return [{ name, operator: '=~', value }]
  })
  if (known.length === 0) return []
  const shift = firstShift(node.args[0] as Expression)
  const { run } = scope
  const at = shift?.at
  const steps = at === undefined ? scope.steps : { ...scope.steps, start_ms: atTime(at, run) }
  const offset_ms = shift === undefined ? 0 : offsetMs(shift, run)
  const window = { steps, range_ms: run.lookback_ms, offset_ms: at === undefined ? 0 : offset_ms }
  const from_ms = steps.start_ms - window.offset_ms - run.lookback_ms
  const all = [...matchers, ...known]
  const raw = await readRaw(all, from_ms, lastTime(steps) - window.offset_ms, scope)
  const infos = raw.flatMap((one): Info[] => {
    if (one.histograms?.some((histogram) => histogram !== undefined)) {
      throw new QueryError('execution', 'info sample should be float')
    }
    const times = newest(one, window, 'time')
    return times === undefined ? [] : [{ labels: one.labels, times }]
  })
  release(raw, scope)
  return infos
}

/** Where the first selector of an expression reads. */
function firstShift(node: Expression): Extract<Expression, { kind: 'selector' }> | undefined {
  const inner = bare(node)
  if (inner.kind === 'selector') return inner
  if (inner.kind === 'range') return inner.selector
  const children =
    inner.kind === 'call' ? inner.args : 'expression' in inner ? [inner.expression] : []
  for (const child of children) {
    const found = firstShift(child)
    if (found !== undefined) return found
  }
  return undefined
}

/** The series, cut into one for every set of labels that the info metrics give it over time. */
function enriched(
  series: GridSeries,
  infos: readonly Info[],
  data: readonly Matcher[],
): GridSeries[] {
  const id = keyOf(keepLabels(series.labels, identifyingSet))
  const own = infos.filter(({ labels }) => keyOf(keepLabels(labels, identifyingSet)) === id)
  const needed = data.some((matcher) => !tester(matcher)(''))
  const out = new Map<string, GridSeries>()
  for (let at = 0; at < series.has.length; at++) {
    if (series.has[at] !== 1) continue
    const current = newestByName(own, at)
    if (current.length === 0 && needed) continue
    const labels = combined(series.labels, current, data)
    const key = keyOf(labels)
    let made = out.get(key)
    if (made === undefined) {
      made = emptyGrid(labels, series.has.length)
      if (series.dropName === true) made.dropName = true
      out.set(key, made)
    }
    put(made, at, { value: series.values[at]!, histogram: series.histograms?.[at] })
  }
  return [...out.values()]
}

/** Of each info metric the series with the newest sample. */
function newestByName(infos: readonly Info[], at: number): Labels[] {
  const byName = new Map<string, Info>()
  for (const one of infos) {
    if (one.times.has[at] !== 1) continue
    const name = labelOf(one.labels, nameLabel)
    const known = byName.get(name)
    const time = one.times.values[at]!
    const before = known?.times.values[at] ?? Number.NEGATIVE_INFINITY
    if (known !== undefined && time === before) throw conflicting(known, one, time)
    if (time > before) byName.set(name, one)
  }
  return [...byName.values()].map(({ labels }) => labels)
}

function conflicting(known: Info, other: Info, time_s: number): QueryError {
  const at = Math.round(time_s * 1000)
  const both = `existing ${showAll(known.labels)} @ ${at}, new ${showAll(other.labels)} @ ${at}`
  return new QueryError('execution', `found duplicate series for info metric: ${both}`)
}

function combined(base: Labels, infos: readonly Labels[], data: readonly Matcher[]): Labels {
  const own = new Map(base)
  const added = new Map<string, string>()
  const wanted = new Set(data.map(({ name }) => name))
  for (const labels of infos) {
    for (const [name, value] of labels) {
      if (name === nameLabel || (wanted.size > 0 && !wanted.has(name))) continue
      const before = added.get(name)
      if (before !== undefined && before !== value) {
        throw new QueryError('execution', `conflicting label: ${name}`)
      }
      if (!own.has(name)) added.set(name, value)
    }
  }
  return added.size === 0 ? base : labelsFrom([...own, ...added])
}
