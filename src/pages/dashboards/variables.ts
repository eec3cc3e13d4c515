/**
 * What the variables of a dashboard are at the moment: their choices from what was answered, and
 * which of them are chosen by the address, by the dashboard or by their order. Pure.
 */
import type { QueryRun } from '../explore/contract.ts'
import { every_value, type Variable } from './contract.ts'
import { patternOf } from './patterns.ts'
import { type Chosen, type Chosens, namesIn } from './replace.ts'

export type Option = { value: string; shown: string }

const options_max = 5_000

/** Names and values that were answered, as choices: filtered, in order, each once. */
export function optionsOf(variable: Variable, words: readonly string[]): Option[] {
  if (variable.kind !== 'query') return variable.options
  const pattern = variable.pattern === '' ? undefined : patternOf(variable.pattern)
  const seen = new Set<string>()
  for (const word of words) {
    const value = pattern === undefined ? word : pattern.part(word)
    if (value !== undefined && value !== '') seen.add(value)
    if (seen.size >= options_max) break
  }
  return sorted([...seen], variable.sort).map((value) => ({ value, shown: value }))
}

function sorted(words: string[], sort: Variable['sort']): string[] {
  if (sort === 'none') return words
  const way = sort.endsWith('down') ? -1 : 1
  const compared = sort.startsWith('number')
    ? (a: string, b: string) => leading(a) - leading(b) || a.localeCompare(b)
    : (a: string, b: string) => a.localeCompare(b)
  return words.sort((a, b) => way * compared(a, b))
}

function leading(text: string): number {
  return Number(/\d+(\.\d+)?/.exec(text)?.[0] ?? Number.MAX_SAFE_INTEGER)
}

/** What a query gives as values: the column or label, or series as they are written. */
export function wordsOfRun(run: QueryRun, label: string): string[] {
  if (run.kind === 'series') return run.labels.map((labels, at) => wordOf(labels, label, run, at))
  if (run.kind !== 'table') return []
  const text = run.columns.findIndex(({ type, name }) =>
    label === '' ? type === 'string' : name === label,
  )
  return (run.values[text] ?? []).map((value) => String(value ?? ''))
}

type SeriesAnswer = Extract<QueryRun, { kind: 'series' }>

/** `up{pod="a"} 1 1700000000000`: what Grafana's query_result gives to a pattern. */
function wordOf(labels: Record<string, string>, label: string, run: SeriesAnswer, at: number) {
  if (label !== '') return labels[label] ?? ''
  const { __name__: name = '', ...rest } = labels
  const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const value = run.values[at]?.findLast((one) => one !== null) ?? ''
  return `${name}{${pairs.join(',')}} ${value} ${run.time_ms.at(-1) ?? 0}`
}

/** `asked` are values of the address. */
export function chosenOf(
  variable: Variable,
  options: readonly Option[],
  asked: readonly string[] | undefined,
): Chosen {
  const { is_multi, has_all, all } = variable
  const base = { is_multi, all }
  if (variable.kind === 'text' || variable.kind === 'constant') {
    const [value = ''] = (variable.kind === 'text' ? asked : undefined) ?? variable.chosen
    return { ...base, values: [value], shown: [value], is_all: false }
  }
  const wanted = asked !== undefined && asked.length > 0 ? asked : variable.chosen
  const isAll = wanted.includes(every_value) || (wanted.length === 0 && has_all)
  if (isAll && has_all) return { ...base, ...listed(options), is_all: true }
  // A value of the address is taken as it is: its series may have been quiet for the range.
  const isKnown = (value: string) => options.some((one) => one.value === value)
  const known = asked === undefined ? wanted.filter(isKnown) : wanted
  const first = options[0]
  const values = known.length > 0 ? known : wanted.length > 0 && first === undefined ? wanted : []
  const chosen = values.length > 0 ? values : first === undefined ? [] : [first.value]
  const few = is_multi ? chosen : chosen.slice(0, 1)
  const shown = few.map((value) => options.find((one) => one.value === value)?.shown ?? value)
  return { ...base, values: few, shown, is_all: false }
}

function listed(options: readonly Option[]): Pick<Chosen, 'values' | 'shown'> {
  return { values: options.map(({ value }) => value), shown: options.map(({ shown }) => shown) }
}

/** Those that a variable's own query needs first. */
export function needs(variable: Variable): string[] {
  const { source } = variable
  return source === undefined ? [] : namesIn(`${source.selector} ${source.query} ${source.label}`)
}

/** Each after those it needs; what turns in a circle comes last, as it is. */
export function inOrder(variables: readonly Variable[]): Variable[] {
  const ordered: Variable[] = []
  let rest = [...variables]
  while (rest.length > 0) {
    const waiting = new Set(rest.map(({ name }) => name))
    const ready = rest.filter((one) => !needs(one).some((name) => waiting.has(name)))
    const next = ready.length > 0 ? ready : rest
    ordered.push(...next)
    rest = rest.filter((one) => !next.includes(one))
  }
  return ordered
}

/** What is shown of a choice. */
export function chosenText({ is_all, shown }: Chosen, allText: string): string {
  return is_all ? allText : shown.join(' + ')
}

export function merged(chosens: Chosens, own: Chosens): Chosens {
  return own.size === 0 ? chosens : new Map([...chosens, ...own])
}
