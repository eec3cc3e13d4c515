/**
 * Relabeling as Prometheus does it: a list of rules that rewrite a set of labels or leave the set
 * out. People write the expressions, so they run on a linear-time engine.
 */
import { createHash } from 'node:crypto'
import { RE2JS } from 're2js'
import type { Label } from '../../wire/prometheus/series-text.ts'

/** As in a ServiceMonitor; every part has a default. */
export type RelabelConfig = {
  sourceLabels?: readonly string[]
  separator?: string
  targetLabel?: string
  regex?: string
  modulus?: number
  replacement?: string
  action?: string
}

export type Relabel = (labels: ReadonlyMap<string, string>) => Map<string, string> | undefined
type Rule = (labels: Map<string, string>) => boolean

/** Throws with a sentence when a rule cannot be followed. */
export function compileRelabel(configs: readonly RelabelConfig[]): Relabel {
  const rules = configs.map(compileRule)
  return (labels) => {
    const changed = new Map(labels)
    for (const rule of rules) if (!rule(changed)) return undefined
    return changed
  }
}

/** The same for the labels of a series. */
export function relabelLabels(relabel: Relabel, labels: readonly Label[]): Label[] | undefined {
  const changed = relabel(new Map(labels))
  return changed === undefined ? undefined : [...changed]
}

function compileRule(config: RelabelConfig): Rule {
  const action = (config.action ?? 'replace').toLowerCase()
  const regex = compileRegex(config.regex ?? '(.*)')
  const { separator = ';', replacement = '$1', targetLabel = '', modulus = 0 } = config
  const source = (labels: ReadonlyMap<string, string>) =>
    (config.sourceLabels ?? []).map((name) => labels.get(name) ?? '').join(separator)
  const isFull = (text: string) => regex.matcher(text).matches()
  const needTarget = () => {
    if (targetLabel === '') throw new Error(`Relabeling: action ${action} needs a target label.`)
  }
  switch (action) {
    case 'keep':
      return (labels) => isFull(source(labels))
    case 'drop':
      return (labels) => !isFull(source(labels))
    case 'keepequal':
      return (labels) => source(labels) === (labels.get(targetLabel) ?? '')
    case 'dropequal':
      return (labels) => source(labels) !== (labels.get(targetLabel) ?? '')
    case 'labeldrop':
      return (labels) => deleteNames(labels, isFull)
    case 'labelkeep':
      return (labels) => deleteNames(labels, (name) => !isFull(name))
    case 'labelmap':
      return (labels) => mapNames(labels, regex, replacement)
    case 'lowercase':
    case 'uppercase':
      needTarget()
      return (labels) => {
        const text = source(labels)
        return put(
          labels,
          targetLabel,
          action === 'lowercase' ? text.toLowerCase() : text.toUpperCase(),
        )
      }
    case 'hashmod':
      needTarget()
      if (!(modulus > 0)) throw new Error('Relabeling: action hashmod needs a modulus above 0.')
      return (labels) => put(labels, targetLabel, hashModulo(source(labels), modulus))
    case 'replace':
      needTarget()
      return (labels) => replaceLabel(labels, source(labels), { regex, targetLabel, replacement })
    default:
      throw new Error(`Relabeling: there is no action ${action}.`)
  }
}

function compileRegex(text: string): RE2JS {
  try {
    return RE2JS.compile(`^(?s:${text})$`)
  } catch (error) {
    throw new Error(`Relabeling: ${text} is no regular expression: ${(error as Error).message}.`)
  }
}

function put(labels: Map<string, string>, name: string, value: string): true {
  if (value === '') labels.delete(name)
  else labels.set(name, value)
  return true
}

function deleteNames(labels: Map<string, string>, isDropped: (name: string) => boolean): true {
  for (const name of [...labels.keys()]) if (isDropped(name)) labels.delete(name)
  return true
}

function mapNames(labels: Map<string, string>, regex: RE2JS, replacement: string): true {
  for (const [name, value] of [...labels]) {
    const groups = groupsOf(regex, name)
    if (groups !== undefined) labels.set(expand(replacement, groups), value)
  }
  return true
}

type Replace = { regex: RE2JS; targetLabel: string; replacement: string }

function replaceLabel(labels: Map<string, string>, text: string, rule: Replace): true {
  const groups = groupsOf(rule.regex, text)
  if (groups === undefined) return true
  const name = expand(rule.targetLabel, groups)
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return true
  return put(labels, name, expand(rule.replacement, groups))
}

type Groups = (name: string) => string

function groupsOf(regex: RE2JS, text: string): Groups | undefined {
  const matcher = regex.matcher(text)
  if (!matcher.matches()) return undefined
  const named = regex.namedGroups()
  return (name) => {
    const number = /^\d+$/.test(name) ? Number(name) : named[name]
    return number === undefined || number > matcher.groupCount()
      ? ''
      : (matcher.group(number) ?? '')
  }
}

/** `$1`, `${1}`, `${name}` and `$$`, as Go expands them. */
function expand(template: string, groups: Groups): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) =>
    whole === '$$' ? '$' : groups(braced ?? bare ?? ''),
  )
}

/** The last eight bytes of an MD5, as Prometheus shards targets. */
function hashModulo(text: string, modulus: number): string {
  const digest = createHash('md5').update(text).digest()
  return String(digest.readBigUInt64BE(8) % BigInt(Math.trunc(modulus)))
}
