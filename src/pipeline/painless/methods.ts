/** Which methods a value of each kind has. Nothing outside these tables can be called. */
import type { Method, MethodTable } from './arguments.ts'
import { iteratorMethods, listMethods, setMethods, viewMethods } from './methods-collection.ts'
import { entryMethods, mapMethods } from './methods-map.ts'
import {
  booleanMethods,
  builderMethods,
  charMethods,
  durationMethods,
  exceptionMethods,
  lambdaMethods,
  matcherMethods,
  momentMethods,
  numberMethods,
  patternMethods,
} from './methods-other.ts'
import { optionalMethods, streamMethods } from './methods-stream.ts'
import { anyMethods, stringMethods } from './methods-string.ts'
import type { Kind } from './values.ts'

const tables: [Kind, MethodTable][] = [
  ['boolean', booleanMethods],
  ['integer', numberMethods],
  ['double', numberMethods],
  ['real', numberMethods],
  ['string', stringMethods],
  ['list', listMethods],
  ['map', mapMethods],
  ['set', setMethods],
  ['view', viewMethods],
  ['entry', entryMethods],
  ['char', charMethods],
  ['lambda', lambdaMethods],
  ['builder', builderMethods],
  ['pattern', patternMethods],
  ['matcher', matcherMethods],
  ['stream', streamMethods],
  ['optional', optionalMethods],
  ['exception', exceptionMethods],
  ['iterator', iteratorMethods],
  ['moment', momentMethods],
  ['duration', durationMethods],
]

/** The kinds that have a method of this name, each with it. */
export function methodsNamed(name: string): Map<Kind, Method> {
  const found = new Map<Kind, Method>()
  const any = anyMethods.get(name)
  for (const [kind, table] of tables) {
    const method = table.get(name) ?? any
    if (method !== undefined) found.set(kind, method)
  }
  return found
}

const kindsOfType = new Map<string, Kind>([
  ['String', 'string'],
  ['List', 'list'],
  ['ArrayList', 'list'],
  ['Map', 'map'],
  ['HashMap', 'map'],
  ['StringBuilder', 'builder'],
  ['int', 'integer'],
  ['long', 'integer'],
  ['double', 'real'],
  ['float', 'real'],
  ['boolean', 'boolean'],
  ['char', 'char'],
])

/** The kind of every value of a declared type, where there is one. */
export function kindOfType(type: string): Kind | undefined {
  return kindsOfType.get(type)
}
