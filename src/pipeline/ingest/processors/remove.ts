/** remove: takes fields away, or all but those that are kept. */
import type { DocumentMap } from '../../document.ts'
import type { ProcessorKind } from '../processor.ts'

export const remove: ProcessorKind = {
  type: 'remove',
  compile(options) {
    const names = options.stringOrStrings('field')
    const kept = options.stringOrStrings('keep')
    if ((names === undefined) === (kept === undefined)) {
      const words = names === undefined ? 'either' : 'both'
      options.refuse(
        'keep',
        words === 'both' ? 'or [field] can be set, not both' : 'or [field] must be specified',
      )
    }
    const ignoreMissing = options.boolean('ignore_missing', false)
    if (kept !== undefined) {
      const keeping = kept.map((name) => options.fieldNameOf('keep', name))
      return (run) => {
        keepOnly(
          run.ctx,
          '',
          keeping.map((name) => name(run).text),
        )
        return undefined
      }
    }
    const fields = names!.map((name) => options.fieldNameOf('field', name))
    return (run) => {
      for (const field of fields) {
        const path = field(run)
        if (ignoreMissing && run.find(path) === undefined) continue
        run.remove(path)
      }
      return undefined
    }
  },
}

function keepOnly(map: DocumentMap, start: string, kept: readonly string[]): void {
  for (const [key, value] of map) {
    if (start === '' && key.startsWith('_')) continue
    const path = start + key
    if (kept.some((one) => one === path || path.startsWith(`${one}.`))) continue
    const isAbove = kept.some((one) => one.startsWith(`${path}.`))
    if (isAbove && value instanceof Map) keepOnly(value, `${path}.`, kept)
    else map.delete(key)
  }
}
