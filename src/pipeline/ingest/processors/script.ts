/** script: a Painless script changes the document. */
import type { DocumentMap } from '../../document.ts'
import type { ProcessorKind } from '../processor.ts'
import { compileBody } from '../scripts.ts'

export const script: ProcessorKind = {
  type: 'script',
  compile(options) {
    const id = options.optionalString('id')
    if (id !== undefined) {
      options.refuse('id', `stored scripts are not kept here: give the source of [${id}]`)
    }
    const language = options.string('lang', 'painless')
    if (language !== 'painless') {
      options.refuse('lang', `script_lang not supported [${language}]`, {
        type: 'illegal_argument_exception',
      })
    }
    const params: DocumentMap = options.optionalMap('params') ?? new Map()
    const inline = options.has('inline') ? 'inline' : 'source'
    const body = compileBody(inline, options.string(inline), params, options)
    return (run) => {
      body(run)
      return undefined
    }
  },
}
