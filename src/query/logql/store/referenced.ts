/** Which labels a query names: those are looked for wherever a record may have them. */
import type { LabelFilter, LogExpr, MetricExpr, Stage } from '../ast.ts'
import { namesInTemplate, readTemplate } from '../pipeline/template-parse.ts'

export function namesInFilter(filter: LabelFilter): string[] {
  if ('left' in filter) return [...namesInFilter(filter.left), ...namesInFilter(filter.right)]
  return [filter.name]
}

export function namesInStage(stage: Stage): string[] {
  switch (stage.kind) {
    case 'filter':
      return namesInFilter(stage.filter)
    case 'keep':
    case 'drop':
      return stage.labels.map(({ name }) => name)
    case 'line_format':
      return namesInTemplate(readTemplate(stage.text, 'line'))
    case 'label_format':
      return stage.formats.flatMap((format) =>
        'from' in format ? [format.from] : namesInTemplate(readTemplate(format.template, 'label')),
      )
    default:
      return []
  }
}

export function namesInLog({ matchers, stages }: LogExpr): string[] {
  const names = [...matchers.map(({ name }) => name), ...stages.flatMap(namesInStage)]
  return [...new Set(names)].filter((name) => !name.startsWith('__'))
}

/** Calls `each` for every selector of a metric query. */
export function eachRange(
  expr: MetricExpr,
  each: (range: Extract<MetricExpr, { kind: 'range' }>) => void,
): void {
  switch (expr.kind) {
    case 'range':
      each(expr)
      return
    case 'aggregate':
    case 'label_replace':
      eachRange(expr.of, each)
      return
    case 'binary':
      eachRange(expr.left, each)
      eachRange(expr.right, each)
      return
    case 'literal':
    case 'vector':
      return
  }
}
