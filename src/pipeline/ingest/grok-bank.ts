/** Compiles the patterns of a processor that speaks grok, with the definitions of its own. */
import type { DocumentValue } from '../document.ts'
import { GrokExpression } from './grok-expression.ts'
import { grokPatterns } from './grok-patterns.ts'
import type { ProcessorOptions } from './options.ts'

/** Reads `patterns` and `pattern_definitions`. */
export function compileGroks(options: ProcessorOptions, ecs: 'disabled' | 'v1'): GrokExpression[] {
  const patterns = options.strings('patterns')
  if (patterns.length === 0) options.refuse('patterns', 'List of patterns must not be empty')
  const own = options.optionalMap('pattern_definitions') ?? new Map<string, DocumentValue>()
  const standard = grokPatterns(ecs)
  const bank = (name: string) => {
    const found = own.get(name) ?? (Object.hasOwn(standard, name) ? standard[name] : undefined)
    return found === undefined ? undefined : String(found)
  }
  return patterns.map((pattern) => {
    try {
      return new GrokExpression(pattern, bank)
    } catch (error) {
      const what = `Invalid regex pattern found in: [${patterns.join(', ')}].`
      return options.refuse('patterns', `${what} ${(error as Error).message}`)
    }
  })
}
