/** dot_expander: a field with dots in its name becomes objects within each other. */
import type { DocumentMap } from '../../document.ts'
import { fieldPath, type IngestRun, notOf } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const dotExpander: ProcessorKind = {
  type: 'dot_expander',
  compile(options) {
    const field = options.string('field')
    const above = options.optionalString('path')
    const path = above === undefined ? undefined : options.pathOf('path', above)
    const isOverriding = options.boolean('override', false)
    if (field !== '*') {
      if (!field.includes('.')) {
        options.refuse('field', 'field does not contain a dot and is not a wildcard')
      }
      if (field.startsWith('.') || field.endsWith('.')) {
        options.refuse('field', "Field can't start or end with a dot")
      }
      if (field.includes('..')) options.refuse('field', 'No space between dots')
    }
    return (run) => {
      const map = path === undefined ? run.ctx : run.read(path)
      if (!(map instanceof Map)) throw notOf(above!, map, 'java.util.Map')
      const start = above === undefined ? '' : `${above}.`
      if (field !== '*') expand(run, map, start, field, isOverriding)
      else {
        for (const key of [...map.keys()]) {
          const isFit = /^[^.]+(?:\.[^.]+)+$/.test(key)
          if (isFit) expand(run, map, start, key, isOverriding)
        }
      }
      return undefined
    }
  },
}

function expand(
  run: IngestRun,
  map: DocumentMap,
  start: string,
  field: string,
  isOverriding: boolean,
): void {
  const value = map.get(field)
  if (value === undefined) return
  const path = fieldPath(start + field)
  if (run.find(path) !== undefined) {
    map.delete(field)
    if (isOverriding) run.write(path, value)
    else run.append(path, value)
    return
  }
  for (let dot = path.text.indexOf('.'); dot >= 0; dot = path.text.indexOf('.', dot + 1)) {
    const part = path.text.slice(0, dot)
    const found = run.find(fieldPath(part))
    if (found === undefined) break
    if (!(found instanceof Map)) {
      throw new ProcessorFailure(
        `cannot expand [${path.text}], because [${part}] is not an object field, but a value field`,
      )
    }
  }
  map.delete(field)
  run.write(path, value)
}
