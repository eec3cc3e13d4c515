/**
 * The kinds of configuration keys: each makes a schema that also knows its default, its bound and
 * its sentence. Accepts what files hold (numbers) and what flags and variables hold (words).
 */
import { z } from 'zod'

/** A key's schema with what its reference says. `secret` keys are never printed. */
export type Setting<Value = unknown> = z.ZodType<Value, unknown> & { about: About }
type About = { default: string; bound: string; says: string; isFlag: boolean; secret: boolean }

function setting<Value>(
  schema: z.ZodType<Value, unknown>,
  fallback: Value,
  about: Pick<About, 'bound' | 'says'> & Partial<About>,
): Setting<Value> {
  const shown = fallback === '' ? '' : String(fallback)
  const whole: About = { default: shown, isFlag: false, secret: false, ...about }
  return Object.assign(schema.default(fallback as never) as z.ZodType<Value, unknown>, {
    about: whole,
  })
}

export function text(fallback: string, says: string): Setting<string> {
  return setting(z.string().max(1024), fallback, { bound: 'text', says })
}

export function path(fallback: string, says: string): Setting<string> {
  return setting(z.string().max(4096), fallback, { bound: 'path', says })
}

export function secret(says: string): Setting<string> {
  return setting(z.string().max(4096), '', { bound: 'text', says, secret: true })
}

export function yesNo(fallback: boolean, says: string): Setting<boolean> {
  const bound = 'true or false'
  const words = z.enum(['true', 'false'], { error: bound }).transform((word) => word === 'true')
  return setting(z.union([z.boolean(), words], { error: bound }), fallback, {
    bound,
    says,
    isFlag: true,
  })
}

export function choice<Word extends string>(
  words: Word[],
  fallback: Word,
  says: string,
): Setting<Word> {
  const bound = words.join(', ')
  return setting(z.enum(words, { error: bound }), fallback, { bound, says })
}

export function count(fallback: number, min: number, max: number, says: string): Setting<number> {
  const bound = `${min} to ${max}`
  const digits = z.string().regex(/^\d+$/).transform(Number)
  const whole = z.union([z.number(), digits], { error: bound })
  const schema = whole.pipe(z.number().int().min(min).max(max)) as z.ZodType<number, unknown>
  return setting(schema, fallback, { bound, says })
}

const units = ['', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes as a number, or with a binary unit: 512MiB. */
export function bytes(fallback: number, min: number, max: number, says: string): Setting<number> {
  const bound = `${inUnits(min)} to ${inUnits(max)}`
  const written = z
    .string()
    .regex(/^\d+(KiB|MiB|GiB|TiB)?$/)
    .transform((word) => {
      const unit = units.findIndex((name) => name !== '' && word.endsWith(name))
      return Number.parseInt(word, 10) * 1024 ** Math.max(unit, 0)
    })
  const either = z.union([z.number(), written], { error: bound })
  const schema = either.pipe(z.number().int().min(min).max(max)) as z.ZodType<number, unknown>
  return setting(schema, fallback, { bound, says, default: inUnits(fallback) })
}

function inUnits(value: number): string {
  let unit = 0
  let left = value
  for (; unit < 4 && left >= 1024 && left % 1024 === 0; unit++) left /= 1024
  return `${left}${units[unit]}`
}

/** host:port, [v6]:port, or the word off. Port 0 lets the system choose one. */
export function address(fallback: string, says: string): Setting<string> {
  const bound = 'host:port, or off'
  const valid = (word: string) => {
    const port = /^(?:\[[0-9a-f:.]+\]|[^\s:[\]/]+):(\d{1,5})$/i.exec(word)?.[1]
    return word === 'off' || (port !== undefined && Number(port) <= 65_535)
  }
  return setting(z.string().refine(valid, { error: bound }), fallback, { bound, says })
}

export function url(protocols: string[], says: string): Setting<string> {
  const bound = `${protocols.map((name) => `${name}//…`).join(' or ')}, or nothing`
  const valid = (word: string) =>
    word === '' || (URL.canParse(word) && protocols.includes(new URL(word).protocol))
  return setting(z.string().max(2048).refine(valid, { error: bound }), '', { bound, says })
}
