/** Reads stream selectors and the stages behind them. */
import { QueryError } from '../series.ts'
import type {
  Extraction,
  LabelChoice,
  LabelFormat,
  LabelMatcher,
  LineOperator,
  LineText,
  MatcherOperator,
  Stage,
} from './ast.ts'
import type { Cursor } from './cursor.ts'
import { isLabelName } from './names.ts'
import { parseLabelFilter, startsLabelFilter } from './parse-filter.ts'
import { isIpPattern } from './pipeline/ip.ts'
import { readJsonPath } from './pipeline/json-path.ts'
import { readPattern } from './pipeline/pattern.ts'
import { readTemplate } from './pipeline/template-parse.ts'
import { compileRegex } from './regex.ts'
import type { Token } from './tokens.ts'

const matcherOperators = ['=', '=~', '!=', '!~'] as const
const lineOperators = ['|=', '|~', '|>', '!=', '!~', '!>']

export function parseSelector(cursor: Cursor): LabelMatcher[] {
  cursor.expect('{')
  const matchers: LabelMatcher[] = []
  while (!cursor.is('}')) {
    if (matchers.length > 0) cursor.expect(',', '}')
    if (cursor.is('}') && matchers.length > 0) throw cursor.unexpected(['IDENTIFIER'])
    matchers.push(parseMatcher(cursor))
    if (!cursor.is(',', '}')) throw cursor.unexpected([',', '}'])
  }
  cursor.expect('}')
  if (!matchers.some((matcher) => !matchesEmpty(matcher))) {
    throw new QueryError(
      'bad_data',
      'parse error : queries require at least one regexp or equality matcher that does not have ' +
        'an empty-compatible value. For instance, app=~".*" does not meet this requirement, but ' +
        'app=~".+" will',
    )
  }
  return matchers
}

function parseMatcher(cursor: Cursor): LabelMatcher {
  const name = cursor.expect('IDENTIFIER')
  const operator = cursor.expect(...matcherOperators).kind as MatcherOperator
  const value = cursor.expect('STRING')
  if (operator === '=~' || operator === '!~') checkRegex(cursor, value)
  return { name: name.text, operator, value: value.text }
}

/** Whether a stream without the label would do. */
function matchesEmpty({ operator, value }: LabelMatcher): boolean {
  if (operator === '=' || operator === '!=') return (value === '') === (operator === '=')
  return compileRegex(value, true).test('') === (operator === '=~')
}

export function checkRegex(cursor: Cursor, token: Token): void {
  try {
    compileRegex(token.text, false)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw cursor.failure(token, error.message)
  }
}

/** Stages until something else comes; unwrap is left to metric queries. */
export function parseStages(cursor: Cursor, stages: Stage[]): void {
  for (;;) {
    const { kind, from } = cursor.token
    if (lineOperators.includes(kind)) {
      stages.push(parseLine(cursor, kind as LineOperator, from))
    } else if (kind === '|' && cursor.ahead(1).kind !== 'unwrap') {
      cursor.take()
      stages.push(parsePiped(cursor, from))
    } else return
    if (stages.length > 1_000) throw cursor.unexpected()
  }
}

function parseLine(cursor: Cursor, operator: LineOperator, from: number): Stage {
  cursor.take()
  const any: LineText[] = []
  do {
    if (cursor.is('ip')) {
      if (operator !== '|=' && operator !== '!=') throw cursor.unexpected(['STRING'])
      any.push({ text: parseIp(cursor), isIp: true })
      continue
    }
    const token = cursor.expect('STRING')
    if (operator === '|~' || operator === '!~') checkRegex(cursor, token)
    if (operator === '|>' || operator === '!>') {
      guarded(cursor, token, () => readPattern(token.text, false))
    }
    any.push({ text: token.text, isIp: false })
  } while (cursor.takes('or'))
  return { kind: 'line', operator, any, from, to: cursor.end }
}

/** `ip("…")`, the parentheses with it. */
export function parseIp(cursor: Cursor): string {
  cursor.take()
  cursor.expect('(')
  const token = cursor.expect('STRING')
  if (!isIpPattern(token.text)) throw cursor.failure(token, `ip: invalid pattern: ${token.text}`)
  cursor.expect(')')
  return token.text
}

/** What a reader says of the text is said of the token. */
function guarded<Result>(cursor: Cursor, token: Token, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw cursor.failure(token, error.message)
  }
}

function parsePiped(cursor: Cursor, from: number): Stage {
  const done = <Made extends object>(made: Made) => ({ ...made, from, to: cursor.end })
  const { kind } = cursor.token
  if (startsLabelFilter(cursor)) {
    const filter = parseLabelFilter(cursor)
    return done({ kind: 'filter', filter })
  }
  switch (kind) {
    case 'json':
      cursor.take()
      return done({ kind, extract: parseExtractions(cursor, readJsonPath) })
    case 'logfmt':
      return done(parseLogfmt(cursor))
    case 'unpack':
    case 'decolorize':
      cursor.take()
      return done({ kind })
    case 'pattern':
    case 'regexp':
    case 'line_format':
      return done(parseTexted(cursor, kind))
    case 'label_format':
      cursor.take()
      return done({ kind, formats: parseFormats(cursor) })
    case 'drop':
    case 'keep':
      cursor.take()
      return done({ kind, labels: parseChoices(cursor) })
    default:
      throw cursor.unexpected()
  }
}

function parseTexted(cursor: Cursor, kind: 'pattern' | 'regexp' | 'line_format') {
  cursor.take()
  const token = cursor.expect('STRING')
  guarded(cursor, token, () => {
    if (kind === 'pattern') readPattern(token.text, true)
    else if (kind === 'line_format') readTemplate(token.text, 'line')
    else checkCaptures(token.text)
  })
  return { kind, text: token.text }
}

function checkCaptures(pattern: string): void {
  const names = compileRegex(pattern, false).names()
  if (names.length === 0) {
    throw new QueryError('bad_data', 'at least one named capture must be supplied')
  }
}

function parseLogfmt(cursor: Cursor) {
  cursor.take()
  const given = new Set<string>()
  while (cursor.is('PARSER_FLAG')) given.add(cursor.take().text)
  return {
    kind: 'logfmt' as const,
    isStrict: given.has('--strict'),
    keepsEmpty: given.has('--keep-empty'),
    extract: parseExtractions(cursor, () => undefined),
  }
}

function parseExtractions(cursor: Cursor, check: (path: string) => unknown): Extraction[] {
  const list: Extraction[] = []
  if (!cursor.is('IDENTIFIER')) return list
  do {
    const { text: name } = cursor.expect('IDENTIFIER')
    if (!cursor.takes('=')) {
      list.push({ name, path: name })
      continue
    }
    const token = cursor.expect('STRING')
    guarded(cursor, token, () => check(token.text))
    list.push({ name, path: token.text })
  } while (cursor.takes(','))
  return list
}

function parseFormats(cursor: Cursor): LabelFormat[] {
  const formats: LabelFormat[] = []
  const seen = new Set<string>()
  do {
    const token = cursor.expect('IDENTIFIER')
    const name = token.text
    if (name === '__error__') throw cursor.failure(token, `${name} cannot be formatted`)
    if (seen.has(name)) {
      const text = `multiple label name '${name}' not allowed in a single format operation`
      throw cursor.failure(token, text)
    }
    seen.add(name)
    cursor.expect('=')
    const value = cursor.expect('IDENTIFIER', 'STRING')
    if (value.kind === 'STRING') {
      guarded(cursor, value, () => readTemplate(value.text, `label '${name}'`))
      formats.push({ name, template: value.text })
    } else formats.push({ name, from: value.text })
  } while (cursor.takes(','))
  return formats
}

function parseChoices(cursor: Cursor): LabelChoice[] {
  const list: LabelChoice[] = []
  do {
    const { text: name } = cursor.expect('IDENTIFIER')
    if (!isLabelName(name)) throw cursor.unexpected()
    if (!cursor.is(...matcherOperators)) {
      list.push({ name })
      continue
    }
    const operator = cursor.take().kind as MatcherOperator
    const value = cursor.expect('STRING')
    if (operator === '=~' || operator === '!~') checkRegex(cursor, value)
    list.push({ name, operator, value: value.text })
  } while (cursor.takes(','))
  return list
}
