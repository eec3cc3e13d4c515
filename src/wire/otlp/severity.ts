/** The severity number of a text such as WARN, info2 or E, for senders that only set the text. */

const names: Record<string, number> = {
  ...{ trace: 1, t: 1, verbose: 1, v: 1, debug: 5, d: 5 },
  ...{ info: 9, i: 9, information: 9, informational: 9, notice: 10, n: 10 },
  ...{ warn: 13, w: 13, warning: 13, error: 17, e: 17, err: 17, severe: 17 },
  ...{ critical: 18, crit: 18, alert: 19, c: 18 },
  ...{ fatal: 21, f: 21, panic: 21, emergency: 21, emerg: 21 },
}
const numbers = new Map(Object.entries(names))
for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) {
  for (let step = 2; step <= 4; step++) numbers.set(`${name}${step}`, names[name]! + step - 1)
}
const longest_bytes = 13

/** 0 when the text is not a known severity. */
export function severityNumberOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > longest_bytes) return 0
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!)
  return numbers.get(text.toLowerCase()) ?? 0
}
