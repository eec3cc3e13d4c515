/** grok: the fields of the first pattern that a text matches. */

import { compileGroks } from '../grok-bank.ts'
import { fieldPath, runLimits } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const grok: ProcessorKind = {
  type: 'grok',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const ecs = options.choice('ecs_compatibility', ['disabled', 'v1'] as const, 'disabled')
    const expressions = compileGroks(options, ecs)
    const isTracing = options.boolean('trace_match', false)
    const ignoreMissing = options.boolean('ignore_missing', false)
    const paths = new Map(
      expressions.flatMap(({ fields }) =>
        fields.map((one) => [one.name, options.pathOf('patterns', one.name)] as const),
      ),
    )
    const matchIndex = fieldPath('_ingest._grok_match_index')
    return (run) => {
      const text = run.readText(field, ignoreMissing)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot process it.`)
      }
      const cut = text.slice(0, runLimits.text_length_max)
      for (let i = 0; i < expressions.length; i++) {
        const isMatch = expressions[i]!.match(cut, run, (word, value) => {
          run.write(paths.get(word)!, value)
        })
        if (!isMatch) continue
        if (isTracing) run.write(matchIndex, String(i))
        return undefined
      }
      throw new ProcessorFailure(`Provided Grok expressions do not match field value: [${text}]`)
    }
  },
}
