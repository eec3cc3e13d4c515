/**
 * The settings of an integration as fields of a form, read from the very schema that checks them:
 * a new setting appears by itself. Pure.
 */
import { z } from 'zod'
import { type IntegrationType, integrationSchemas } from '../../model/policy.ts'

export type Field = {
  /** Dotted within the settings. */
  path: string
  kind: 'switch' | 'number' | 'choice' | 'lines' | 'text' | 'password'
  initial: unknown
  choices: readonly string[]
  minimum: number | undefined
  maximum: number | undefined
}

type Schema = {
  type?: string
  enum?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
  properties?: Record<string, Schema>
}

export function fieldsOf(type: IntegrationType): Field[] {
  const schema = z.toJSONSchema(integrationSchemas[type], { io: 'input', unrepresentable: 'any' })
  return fieldsIn(schema as Schema, '')
}

function fieldsIn(schema: Schema, prefix: string): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const path = prefix + key
    if (member.type === 'object') return fieldsIn(member, `${path}.`)
    return {
      path,
      kind: kindOf(key, member),
      initial: member.default,
      choices: member.enum ?? [],
      minimum: member.minimum,
      maximum: member.maximum,
    }
  })
}

function kindOf(key: string, schema: Schema): Field['kind'] {
  if (schema.enum !== undefined) return 'choice'
  if (schema.type === 'boolean') return 'switch'
  if (schema.type === 'integer' || schema.type === 'number') return 'number'
  if (schema.type === 'array') return 'lines'
  return key === 'password' ? 'password' : 'text'
}

type Settings = Record<string, unknown>

/** Some settings say something only beside another one. */
const besides: Readonly<Record<string, readonly [path: string, value: unknown]>> = {
  'multiline.pattern': ['multiline.kind', 'pattern'],
  'multiline.negate': ['multiline.kind', 'pattern'],
  'multiline.match': ['multiline.kind', 'pattern'],
}

export function isAsked(field: Field, settings: Settings): boolean {
  const beside = besides[field.path]
  return beside === undefined || valueAt(settings, beside[0]) === beside[1]
}

export function valueAt(settings: Settings, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((inner, part) => (inner as Settings | undefined)?.[part], settings)
}

/** A copy with one value changed; undefined takes it out. */
export function withValue(settings: Settings, path: string, value: unknown): Settings {
  const [head = '', ...rest] = path.split('.')
  const inner =
    rest.length === 0 ? value : withValue((settings[head] ?? {}) as Settings, rest.join('.'), value)
  const { [head]: _, ...others } = settings
  return inner === undefined ? others : { ...others, [head]: inner }
}

/** A free name for another integration of this type. */
export function freeId(type: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const id = number === 1 ? type : `${type}-${number}`
    if (!taken.includes(id)) return id
  }
}
