/** set_security_user: who sent the document. */
import type { DocumentMap } from '../../document.ts'
import { copyOf } from '../../document-path.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const properties = [
  ...(['username', 'roles', 'email', 'full_name', 'metadata'] as const),
  ...(['api_key', 'realm', 'authentication_type'] as const),
]

export const setSecurityUser: ProcessorKind = {
  type: 'set_security_user',
  compile(options) {
    const field = options.field('field')
    const wanted = options.optionalStrings('properties') ?? [...properties]
    const unknown = wanted.find((one) => !(properties as readonly string[]).includes(one))
    if (unknown !== undefined) {
      const known = properties.map((one) => one.toUpperCase()).join(', ')
      options.refuse('properties', `Property value [${unknown}] is not known; known are [${known}]`)
    }
    const names = properties.filter((one) => wanted.includes(one))
    return (run) => {
      const user = run.environment.user?.()
      if (user === undefined) {
        throw new ProcessorFailure(
          'There is no authenticated user - the [set_security_user] processor requires one',
          'illegal_state_exception',
        )
      }
      const before = run.find(field)
      const made: DocumentMap = before instanceof Map ? before : new Map()
      for (const name of names) {
        const value = user[name]
        if (value === undefined) continue
        made.set(name, typeof value === 'string' ? value : copyOf(toValue(value)))
      }
      run.write(field, made)
      return undefined
    }
  },
}

function toValue(value: readonly string[] | DocumentMap): string[] | DocumentMap {
  return value instanceof Map ? value : [...value]
}
