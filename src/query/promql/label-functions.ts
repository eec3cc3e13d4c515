/** Functions that change or sort by labels and look at no sample. */
import { type GridSeries, QueryError } from '../series.ts'
import { bare, type Call, type Expression } from './ast.ts'
import { compareLabels, isLabelName, labelOf, nameLabel, withLabel } from './labels.ts'
import { merged } from './merge.ts'
import { regularExpression } from './regexp.ts'
import { isInstant, type Scope, type Value, vectorOf } from './run.ts'

export function textOf(node: Expression | undefined): string {
  const inner = node === undefined ? undefined : bare(node)
  return inner?.kind === 'string' ? inner.value : ''
}

/** `$1`, `${1}`, `$name`, `$$` as Go's Expand reads them. */
export function expand(template: string, group: (name: string) => string): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced, plain) => {
    if (whole === '$$') return '$'
    return group(String(braced ?? plain))
  })
}

function relabelled(series: GridSeries, name: string, value: string): GridSeries {
  const made = { ...series, labels: withLabel(series.labels, name, value) }
  if (name === nameLabel) made.dropName = false
  return made
}

function checked(name: string, what: string, of: string): string {
  if (isLabelName(name)) return name
  throw new QueryError('execution', `invalid ${what} label name in ${of}(): ${name}`)
}

export async function labelReplace(node: Call, scope: Scope): Promise<Value> {
  const [, target = '', template = '', source = '', pattern = ''] = node.args.map(textOf)
  let expression: ReturnType<typeof regularExpression>
  try {
    expression = regularExpression(pattern)
  } catch {
    const says = `invalid regular expression in label_replace(): ${pattern}`
    throw new QueryError('execution', says)
  }
  checked(target, 'destination', 'label_replace')
  const series = await vectorOf(node.args[0] as Expression, scope)
  const names = expression.namedGroups()
  const replaced = series.map((one) => {
    const matcher = expression.matcher(labelOf(one.labels, source))
    if (!matcher.matches()) return one
    const value = expand(template, (name) => {
      const at = /^\d+$/.test(name)
        ? Number(name)
        : Object.hasOwn(names, name)
          ? (names[name] ?? -1)
          : -1
      return at < 0 || at > matcher.groupCount() ? '' : (matcher.group(at) ?? '')
    })
    return relabelled(one, target, value)
  })
  return { kind: 'vector', series: merged(replaced) }
}

export async function labelJoin(node: Call, scope: Scope): Promise<Value> {
  const [, target = '', separator = '', ...sources] = node.args.map(textOf)
  for (const source of sources) checked(source, 'source', 'label_join')
  checked(target, 'destination', 'label_join')
  const series = await vectorOf(node.args[0] as Expression, scope)
  const joined = series.map((one) => {
    const values = sources.map((source) => labelOf(one.labels, source))
    return relabelled(one, target, values.join(separator))
  })
  return { kind: 'vector', series: merged(joined) }
}

/** Runs of digits compare as numbers. */
export function compareNatural(a: string, b: string): number {
  const pieces = (text: string) => text.match(/\d+|\D+/g) ?? []
  const x = pieces(a)
  const y = pieces(b)
  for (let at = 0; at < Math.min(x.length, y.length); at++) {
    const left = x[at] ?? ''
    const right = y[at] ?? ''
    if (left === right) continue
    if (/^\d/.test(left) && /^\d/.test(right)) {
      const [m, n] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')]
      if (m.length !== n.length) return m.length - n.length
      if (m !== n) return m < n ? -1 : 1
      return left.length - right.length
    }
    return left < right ? -1 : 1
  }
  return x.length - y.length
}

export function sortByLabel(direction: 1 | -1) {
  return async (node: Call, scope: Scope): Promise<Value> => {
    const series = [...(await vectorOf(node.args[0] as Expression, scope))]
    if (!isInstant(scope)) {
      scope.run.notes.sortInRange(node.from)
      return { kind: 'vector', series }
    }
    const names = node.args.slice(1).map(textOf)
    series.sort((a, b) => {
      for (const name of names) {
        const order = compareNatural(labelOf(a.labels, name), labelOf(b.labels, name))
        if (order !== 0) return direction * order
      }
      return direction * compareLabels(a.labels, b.labels)
    })
    return { kind: 'vector', series }
  }
}
