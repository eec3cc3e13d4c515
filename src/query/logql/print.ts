/** Writes a tree as LogQL: what format_query answers, and what reads back as the same tree. */
import {
  type Expr,
  isLog,
  type LogExpr,
  type MetricExpr,
  type RangeExpr,
  type Stage,
} from './ast.ts'
import { quote, quotePattern } from './go-strings.ts'
import { printFilter, printGroup, printMatcher, printSelector } from './print-parts.ts'
import { printDuration, printFloat, printGoDuration } from './quantities.ts'

export function printLogQl(expr: Expr): string {
  return isLog(expr) ? printLog(expr) : printMetric(expr)
}

export function printLog({ matchers, stages }: LogExpr): string {
  return [printSelector(matchers), ...stages.map(printStage)].join(' ')
}

function printStage(stage: Stage): string {
  switch (stage.kind) {
    case 'line': {
      const isPattern = stage.operator.endsWith('~') || stage.operator.endsWith('>')
      const write = isPattern ? quotePattern : quote
      const texts = stage.any.map(({ text, isIp }) => (isIp ? `ip(${quote(text)})` : write(text)))
      return `${stage.operator} ${texts.join(' or ')}`
    }
    case 'json':
      return `| json${printExtractions(stage.extract)}`
    case 'logfmt': {
      const flags = `${stage.isStrict ? ' --strict' : ''}${stage.keepsEmpty ? ' --keep-empty' : ''}`
      return `| logfmt${flags}${printExtractions(stage.extract)}`
    }
    case 'pattern':
    case 'regexp':
      return `| ${stage.kind} ${quotePattern(stage.text)}`
    case 'line_format':
      return `| line_format ${quotePattern(stage.text)}`
    case 'unpack':
    case 'decolorize':
      return `| ${stage.kind}`
    case 'filter':
      return `| ${printFilter(stage.filter)}`
    case 'label_format':
      return `| label_format ${stage.formats
        .map((format) =>
          'from' in format
            ? `${format.name}=${format.from}`
            : `${format.name}=${quotePattern(format.template)}`,
        )
        .join(', ')}`
    case 'drop':
    case 'keep':
      return `| ${stage.kind} ${stage.labels
        .map(({ name, operator, value }) =>
          operator === undefined ? name : printMatcher({ name, operator, value: value ?? '' }),
        )
        .join(', ')}`
  }
}

function printExtractions(extract: readonly { name: string; path: string }[]): string {
  if (extract.length === 0) return ''
  return ` ${extract.map(({ name, path }) => `${name}=${quote(path)}`).join(', ')}`
}

function printMetric(expr: MetricExpr): string {
  switch (expr.kind) {
    case 'literal':
      return printFloat(expr.value)
    case 'vector':
      return `vector(${printFloat(expr.value)})`
    case 'range':
      return printRange(expr)
    case 'aggregate': {
      const group = expr.group === undefined ? '' : ` ${printGroup(expr.group)} `
      const parameter = expr.parameter === undefined ? '' : `${expr.parameter}, `
      return `${expr.operation}${group}(${parameter}${printMetric(expr.of)})`
    }
    case 'label_replace': {
      const texts = [expr.destination, expr.replacement, expr.source, expr.pattern].map(quote)
      return `label_replace(${[printMetric(expr.of), ...texts].join(', ')})`
    }
    case 'binary': {
      const { matching } = expr
      const words: string[] = [expr.operator]
      if (expr.returnsBool) words.push('bool')
      if (matching !== undefined) {
        words.push(`${matching.isOn ? 'on' : 'ignoring'} (${matching.labels.join(', ')})`)
        if (matching.many !== 'none') {
          words.push(`group_${matching.many} (${matching.include.join(', ')})`)
        }
      }
      return `(${printMetric(expr.left)} ${words.join(' ')} ${printMetric(expr.right)})`
    }
  }
}

function printRange(expr: RangeExpr): string {
  const { log, unwrap } = expr
  const parts = [printLog(log)]
  if (unwrap !== undefined) {
    const { conversion, label } = unwrap
    parts.push(`| unwrap ${conversion === '' ? label : `${conversion}(${label})`}`)
    for (const filter of unwrap.filters) parts.push(`| ${printFilter(filter)}`)
  }
  const offset = expr.offset_ms === 0 ? '' : ` offset ${printGoDuration(expr.offset_ms * 1e6)}`
  const parameter = expr.parameter === undefined ? '' : `${expr.parameter}, `
  const group = expr.group === undefined ? '' : ` ${printGroup(expr.group)}`
  const range = `[${printDuration(expr.range_ms)}]${offset}`
  return `${expr.operation}(${parameter}${parts.join(' ')} ${range})${group}`
}
