/** sort: the values of a list in order, numbers by size and texts by their characters. */
import type { DocumentValue } from '../../document.ts'
import { javaClass } from '../../document-path.ts'
import { notOf } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const sort: ProcessorKind = {
  type: 'sort',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', name)
    const order = options.string('order', 'asc').toLowerCase()
    if (order !== 'asc' && order !== 'desc') {
      options.refuse(
        'order',
        `Sort direction [${order}] not recognized. Valid values are: [asc, desc]`,
      )
    }
    return (run) => {
      const value = run.read(field)
      if (value === null) throw new ProcessorFailure(`field [${name}] is null, cannot sort.`)
      if (!Array.isArray(value)) throw notOf(name, value, 'java.util.List')
      const sorted = value.toSorted(compared)
      run.write(target, order === 'desc' ? sorted.reverse() : sorted)
      return undefined
    }
  },
}

function compared(a: DocumentValue, b: DocumentValue): number {
  const isNumber = (value: DocumentValue) => typeof value === 'number' || typeof value === 'bigint'
  const isAlike = typeof a === typeof b || (isNumber(a) && isNumber(b))
  if (!isAlike || typeof a === 'object' || typeof b === 'object') {
    throw new ProcessorFailure(
      `class ${javaClass(a)} cannot be cast to class ${javaClass(b)}`,
      'class_cast_exception',
    )
  }
  return a < b ? -1 : a > b ? 1 : 0
}
