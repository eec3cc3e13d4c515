/** The lines that processes write by themselves. */
import { gap } from '../load/arrivals.ts'
import type { Random } from '../random.ts'
import type { Chatter, Fields, Service, Severity } from './service-definition.ts'

export type ChatterLine = { severity: Severity; message: string; fields: Fields }

export function lineOf(chatter: Chatter, random: Random): ChatterLine {
  const { message, fields = {} } = chatter.say(random)
  return { severity: chatter.severity, message, fields }
}

export function gapOf(chatter: Chatter, random: Random): number {
  return gap(random, 1 / chatter.every_s)
}

/** One pod's lines in [from, to). */
export function* chatter(
  service: Service,
  random: Random,
  from_ms: number,
  to_ms: number,
): Generator<{ at_ms: number; line: ChatterLine }> {
  for (const each of service.chatter ?? []) {
    let at_ms = from_ms + gapOf(each, random)
    for (; at_ms < to_ms; at_ms += gapOf(each, random)) {
      yield { at_ms, line: lineOf(each, random) }
    }
  }
}
