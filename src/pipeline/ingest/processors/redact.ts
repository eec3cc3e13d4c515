/** redact: what matches grok patterns is replaced by their names. */
import { compileGroks } from '../grok-bank.ts'
import type { GrokExpression } from '../grok-expression.ts'
import { fieldPath, type IngestRun, runLimits } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

type Region = { start: number; end: number; name: string; length: number }

export const redact: ProcessorKind = {
  type: 'redact',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const expressions = compileGroks(options, 'v1')
    const prefix = options.string('prefix', '<')
    const suffix = options.string('suffix', '>')
    const ignoreMissing = options.boolean('ignore_missing', true)
    const isTracing = options.boolean('trace_redact', false)
    options.boolean('skip_if_unlicensed', false)
    const traced = fieldPath('_ingest._redact._is_redacted')
    return (run) => {
      const text = run.readText(field, true)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null or missing`)
      }
      const regions = merged(expressions.flatMap((one) => regionsOf(one, text, run)))
      if (regions.length === 0) return undefined
      let out = ''
      let at = 0
      for (const region of regions) {
        out += `${text.slice(at, region.start)}${prefix}${region.name}${suffix}`
        at = region.end
      }
      run.write(field, out + text.slice(at))
      if (isTracing) run.write(traced, true)
      return undefined
    }
  },
}

function regionsOf(expression: GrokExpression, text: string, run: IngestRun): Region[] {
  // What is cut off would be kept as it is: a longer text is refused instead.
  if (text.length > runLimits.text_length_max) {
    throw new ProcessorFailure('the text is longer than 65536 characters, cannot redact it.')
  }
  const regions: Region[] = []
  const search = expression.regex.search(text, run)
  while (search.find()) {
    const start = search.start()
    const end = search.end()
    if (end === start) continue
    regions.push({ start, end, name: expression.firstName, length: end - start })
  }
  return regions
}

/** Regions that touch become one, named for the longest of them. */
function merged(regions: Region[]): Region[] {
  const out: Region[] = []
  for (const region of regions.toSorted((a, b) => a.start - b.start)) {
    const last = out.at(-1)
    if (last === undefined || region.start > last.end) out.push({ ...region })
    else {
      last.end = Math.max(last.end, region.end)
      if (region.length > last.length) {
        last.name = region.name
        last.length = region.length
      }
    }
  }
  return out
}
