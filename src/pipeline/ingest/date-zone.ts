/** Zones of time by their names, and the offset of each at a moment. */

/** Milliseconds to add to UTC at this moment. */
export type Zone = { id: string; offsetAt(utc_ms: number): number }

const quarter_ms = 15 * 60_000
const cached_max = 4096
const zones = new Map<string, Zone>()
export const utc: Zone = { id: 'UTC', offsetAt: () => 0 }

/** What java.time takes beside the names of the tz database. */
const shortNames: Record<string, string> = {
  ...{ Z: '+00:00', UTC: '+00:00', GMT: '+00:00', UT: '+00:00', EST: '-05:00', EDT: '-04:00' },
  ...{ CST: 'America/Chicago', CDT: '-05:00', MST: '-07:00', MDT: '-06:00' },
  ...{ PST: 'America/Los_Angeles', PDT: '-07:00', HST: '-10:00', CET: 'Europe/Paris' },
  ...{ CEST: '+02:00', BST: '+01:00', JST: 'Asia/Tokyo', KST: 'Asia/Seoul', IST: 'Asia/Kolkata' },
  ...{ WET: '+00:00', EET: 'Europe/Bucharest', MSK: 'Europe/Moscow', AEST: '+10:00' },
}

/** Undefined when there is no such zone. */
export function zoneOf(id: string): Zone | undefined {
  const known = zones.get(id)
  if (known !== undefined) return known
  const named = Object.hasOwn(shortNames, id) ? shortNames[id]! : id
  const made = fixedZone(named) ?? namedZone(named)
  if (made !== undefined && zones.size < cached_max) zones.set(id, made)
  return made
}

function fixedZone(text: string): Zone | undefined {
  const parts = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d\d))?(?::?(\d\d))?$/.exec(text)
  if (parts === null) return undefined
  const [, sign, hours, minutes = '0', seconds = '0'] = parts
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  if (ms > 18 * 3_600_000 || Number(minutes) > 59) return undefined
  const offset = sign === '-' ? -ms : ms
  return { id: offset === 0 ? 'UTC' : text, offsetAt: () => offset }
}

function namedZone(id: string): Zone | undefined {
  if (id.length > 64 || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(id)) return undefined
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: id, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    })
  } catch {
    return undefined
  }
  // Offsets change at whole quarters of an hour, so that each is asked for once.
  const cached = new Map<number, number>()
  const offsetAt = (utc_ms: number) => {
    const quarter = Math.floor(utc_ms / quarter_ms)
    const known = cached.get(quarter)
    if (known !== undefined) return known
    if (cached.size >= cached_max) cached.clear()
    const offset = askedOffset(format, quarter * quarter_ms)
    cached.set(quarter, offset)
    return offset
  }
  return { id, offsetAt }
}

function askedOffset(format: Intl.DateTimeFormat, utc_ms: number): number {
  const found = new Map<string, number>()
  for (const { type, value } of format.formatToParts(utc_ms)) found.set(type, Number(value))
  const part = (name: string) => found.get(name) ?? 0
  const date = [part('year'), part('month') - 1, part('day')] as const
  return Date.UTC(...date, part('hour'), part('minute'), part('second')) - utc_ms
}

/** The moment at which clocks of the zone show this; the earlier one when they show it twice. */
export function fromLocal(local_ms: number, zone: Zone): number {
  const early = local_ms - zone.offsetAt(local_ms - 86_400_000)
  if (zone.offsetAt(early) === local_ms - early) return early
  const late = local_ms - zone.offsetAt(local_ms + 86_400_000)
  // A time that clocks leap over is read as after the leap, as java.time does.
  return zone.offsetAt(late) === local_ms - late ? late : early
}
