/**
 * Times as RFC 3164 and its deviations write them: `Oct 11 22:14:15`, with a year, fractions or a
 * zone here and there. Without a year it is the one that brings the time nearest to now.
 */

/** The last time that was read. One object for all calls. */
export const oldTime = { seconds: 0, nanoseconds: 0 }

const months = 'janfebmaraprmayjunjulaugsepoctnovdec'
/** Cisco counts its messages and marks clocks that are not set. */
const before = /^(?:\d{1,3}:? )?[*.]?/
const date = /([A-Za-z]{3}) {1,2}(\d{1,2})(?: (\d{4}))? /
const clock = /(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?/
const behind = /(?: (\d{4})(?=[ :]|$))?(?: (?:UTC|GMT|Z)(?=[: ]|$))?:?/
const shape = new RegExp([before, date, clock, behind].map(({ source }) => source).join(''))
const year_ms = 365.25 * 86_400_000

/** Reads what the text begins with; how many characters it took, 0 when it is no time. */
export function readOldTime(text: string, now_ms: number): number {
  const found = shape.exec(text)
  if (found === null) return 0
  const [whole, name, day, yearBefore, hour, minute, second, fraction = '', yearBehind] = found
  const month = months.indexOf(name!.toLowerCase())
  if (month < 0 || month % 3 !== 0) return 0
  const parts = [Number(day), Number(hour), Number(minute), Number(second)] as const
  if (parts[0] < 1 || parts[0] > 31 || parts[1] > 23 || parts[2] > 59 || parts[3] > 60) return 0
  const at = (year: number) => Date.UTC(year, month / 3, ...parts)
  const said = yearBefore ?? yearBehind
  const year = said === undefined ? nearestYear(at, now_ms) : Number(said)
  oldTime.seconds = at(year) / 1000
  oldTime.nanoseconds = Number(fraction.padEnd(9, '0'))
  return oldTime.seconds < 0 ? 0 : whole.length
}

function nearestYear(at: (year: number) => number, now_ms: number): number {
  const year = new Date(now_ms).getUTCFullYear()
  const ahead_ms = at(year) - now_ms
  if (ahead_ms > year_ms / 2) return year - 1
  return ahead_ms < -year_ms / 2 ? year + 1 : year
}
