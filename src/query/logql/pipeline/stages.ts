/** The stages of a query as one function: what becomes of a line, or that it is left out. */
import type { LabelChoice, LineText, Stage, StageOf } from '../ast.ts'
import { errorDetailsLabel, errorLabel, sanitized } from '../names.ts'
import { compileRegex } from '../regex.ts'
import { lineHasAddress, readIpPattern } from './ip.ts'
import { JsonLine, JsonLineError, labelOfPath } from './json-lines.ts'
import { readJsonPath } from './json-path.ts'
import { compileLabelFilter, textMatches } from './label-filters.ts'
import type { LineLabels } from './line-labels.ts'
import { eachPair } from './logfmt-lines.ts'
import { capture, fits, readPattern } from './pattern.ts'
import { readTemplate } from './template-parse.ts'
import { runTemplate } from './template-run.ts'
import { TemplateFailure } from './template-values.ts'

/** A line between two stages. */
export type Line = {
  text: string
  time_ns: bigint
  now_ms: number
  /**
   * The record came as fields that are its labels already: what cannot be read as JSON or logfmt
   * was taken apart before, and is no error.
   */
  isTakenApart: boolean
  labels: LineLabels
}

/** False: the line is left out. A stage may change text and labels. */
export type Step = (line: Line) => boolean

export function compileStages(stages: readonly Stage[]): Step {
  const steps = stages.map(compileStage)
  return (line) => {
    for (const step of steps) if (!step(line)) return false
    return true
  }
}

function compileStage(stage: Stage): Step {
  switch (stage.kind) {
    case 'line':
      return lineFilter(stage)
    case 'json':
      return stage.extract.length === 0 ? wholeJson : jsonPaths(stage)
    case 'logfmt':
      return logfmt(stage)
    case 'pattern':
      return patternStage(stage.text)
    case 'regexp':
      return regexpStage(stage.text)
    case 'unpack':
      return unpack
    case 'decolorize':
      return decolorize
    case 'line_format':
      return lineFormat(stage.text)
    case 'label_format':
      return labelFormat(stage)
    case 'filter': {
      const test = compileLabelFilter(stage.filter)
      return ({ labels }) => test(labels)
    }
    case 'drop':
      return drop(stage.labels)
    case 'keep':
      return keep(stage.labels)
  }
}

function lineFilter({ operator, any }: StageOf<'line'>): Step {
  const tests = any.map((one) => lineTest(operator, one))
  const wanted = operator.startsWith('|')
  return ({ text }) => tests.some((test) => test(text)) === wanted
}

function lineTest(operator: StageOf<'line'>['operator'], { text, isIp }: LineText) {
  if (isIp) {
    const pattern = readIpPattern(text)!
    return (line: string) => lineHasAddress(pattern, line)
  }
  if (operator.endsWith('~')) {
    const regex = compileRegex(text, false)
    return (line: string) => regex.test(line)
  }
  if (operator.endsWith('>')) {
    const pattern = readPattern(text, false)
    return (line: string) => fits(pattern, line)
  }
  return (line: string) => line.includes(text)
}

function wholeJson(line: Line): boolean {
  const { labels, text } = line
  const json = new JsonLine(text)
  try {
    json.eachMember((path, value) => {
      if (value.kind === 'object' || value.kind === 'array' || value.kind === 'null') return
      const name = labelOfPath(path)
      if (name !== '') labels.extract(name, withoutReplacement(json.textAt(value)))
    })
  } catch (error) {
    jsonFailed(line, error)
  }
  return true
}

function jsonFailed(line: Line, error: unknown): void {
  if (!(error instanceof JsonLineError)) throw error
  if (!line.isTakenApart || /^\s*\{/.test(line.text))
    line.labels.fail('JSONParserErr', error.message)
}

function withoutReplacement(text: string): string {
  return text.includes('\ufffd') ? '' : text
}

function jsonPaths({ extract }: StageOf<'json'>): Step {
  const wanted = new Map<string, string[]>()
  for (const { name, path } of extract) {
    const key = JSON.stringify(readJsonPath(path))
    wanted.set(key, [...(wanted.get(key) ?? []), name])
  }
  return (line) => {
    const { labels, text } = line
    if (text === '') return true
    const missing = new Set(extract.map(({ name }) => name))
    if (!/^\s*["{[]/.test(text)) {
      if (!line.isTakenApart) labels.fail('JSONParserErr', '')
      else for (const { name, path } of extract) takenApart(labels, name, path)
      return true
    }
    const json = new JsonLine(text)
    try {
      json.eachValue((path, value) => {
        for (const name of wanted.get(JSON.stringify(path)) ?? []) {
          labels.extract(name, json.textAt(value))
          missing.delete(name)
        }
      })
    } catch (error) {
      jsonFailed(line, error)
    }
    for (const name of missing) if (labels.get(name) === undefined) labels.set(name, '')
    return true
  }
}

/** The record's own fields stand for the members of the object that it was. */
function takenApart(labels: LineLabels, name: string, path: string): void {
  const value = labels.get(sanitized(path))
  if (value !== undefined && name !== path) labels.extract(name, value)
}

function logfmt({ extract, isStrict, keepsEmpty }: StageOf<'logfmt'>): Step {
  const wanted = new Map<string, string[]>()
  for (const { name, path } of extract) wanted.set(path, [...(wanted.get(path) ?? []), name])
  return ({ labels, text }) => {
    for (const { name } of extract) if (!labels.streamHas(name)) labels.set(name, '')
    const { problem } = eachPair(text, isStrict, (key, value) => {
      const name = sanitized(key)
      if (name === '' || (value === '' && !keepsEmpty)) return
      if (extract.length === 0) labels.extract(name, value)
      else for (const own of wanted.get(key) ?? wanted.get(name) ?? []) labels.extract(own, value)
    })
    if (problem !== '') labels.fail('LogfmtParserErr', problem)
    return true
  }
}

function patternStage(text: string): Step {
  const pattern = readPattern(text, true)
  return (line) => {
    capture(pattern, line.text, (name, value) => line.labels.extract(name, value))
    return true
  }
}

function regexpStage(text: string): Step {
  const regex = compileRegex(text, false)
  return (line) => {
    for (const [name, value] of regex.captures(line.text) ?? []) line.labels.extract(name, value)
    return true
  }
}

/** Promtail's pack stage: an object of texts, `_entry` is the line. */
function unpack(line: Line): boolean {
  const { labels, text } = line
  if (text === '') return true
  const json = new JsonLine(text)
  const members: [string, string][] = []
  let entry: string | undefined
  try {
    json.eachMember((path, value) => {
      if (path.length > 1 || value.kind !== 'text') return
      if (path[0] === '_entry') entry = json.textAt(value)
      else members.push([sanitized(path[0]!), json.textAt(value)])
    })
  } catch (error) {
    jsonFailed(line, error)
    return true
  }
  // Only what was packed is unpacked: other objects stay as they are.
  if (entry === undefined) return true
  for (const [name, value] of members) labels.extract(name, value)
  line.text = entry
  return true
}

const starts = `[${String.fromCharCode(0x1b, 0x9b)}]`
const bell = String.fromCharCode(0x07)
const colours = new RegExp(
  `${starts}[[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?${bell})|` +
    '(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))',
  'g',
)
const isColoured = new RegExp(starts)

function decolorize(line: Line): boolean {
  if (isColoured.test(line.text)) line.text = line.text.replace(colours, '')
  return true
}

function lineFormat(text: string): Step {
  const template = readTemplate(text, 'line')
  return (line) => {
    const { labels, time_ns, now_ms } = line
    try {
      line.text = runTemplate(template, labels.all(), { line: line.text, time_ns, now_ms })
    } catch (error) {
      templateFailed(labels, error)
    }
    return true
  }
}

function templateFailed(labels: LineLabels, error: unknown): void {
  if (!(error instanceof TemplateFailure)) throw error
  labels.fail('TemplateFormatErr', `template: ${error.message}`)
}

function labelFormat({ formats }: StageOf<'label_format'>): Step {
  const compiled = formats.map((format) =>
    'from' in format
      ? format
      : { name: format.name, template: readTemplate(format.template, `label '${format.name}'`) },
  )
  return ({ labels, text, time_ns, now_ms }) => {
    let data: Map<string, string> | undefined
    for (const format of compiled) {
      if ('from' in format) {
        const value = labels.get(format.from)
        if (value === undefined) continue
        labels.set(format.name, value)
        if (format.from !== format.name) labels.delete(format.from)
        continue
      }
      data ??= labels.all()
      try {
        labels.set(format.name, runTemplate(format.template, data, { line: text, time_ns, now_ms }))
      } catch (error) {
        templateFailed(labels, error)
      }
    }
    return true
  }
}

type Choice = { name: string; matches: (text: string) => boolean }

function choicesOf(labels: readonly LabelChoice[]): Choice[] {
  return labels.map(({ name, operator, value = '' }) => ({
    name,
    matches: operator === undefined ? () => true : textMatches(operator, value),
  }))
}

function drop(choices: readonly LabelChoice[]): Step {
  const compiled = choicesOf(choices)
  return ({ labels }) => {
    for (const { name, matches } of compiled) {
      if (!matches(labels.textOf(name))) continue
      if (name === errorLabel) labels.error = ''
      else if (name === errorDetailsLabel) labels.errorDetails = ''
      else labels.delete(name)
    }
    return true
  }
}

function keep(choices: readonly LabelChoice[]): Step {
  const compiled = choicesOf(choices)
  return ({ labels }) => {
    for (const [name, value] of labels.all()) {
      if (name === errorLabel || name === errorDetailsLabel) continue
      if (!compiled.some((one) => one.name === name && one.matches(value))) labels.delete(name)
    }
    return true
  }
}
