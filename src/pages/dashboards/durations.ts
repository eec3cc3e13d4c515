/** Lengths of time as queries write them: 30s, 5m, 1h30m. Pure. */

export const span_ms: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Undefined when the text is no length of time; `>` before it means "at least" elsewhere. */
export function durationOf(text: string): number | undefined {
  const parts = [...text.replace(/^>=?/, '').matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.replace(/^>=?/, '')) {
    return undefined
  }
  const of = (unit: string) => (unit === 'y' ? 365 * 86_400_000 : (span_ms[unit] ?? 0))
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * of(unit ?? ''), 0)
}

const seconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800]
const steps_ms = [...seconds, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000].map(
  (length_s) => length_s * 1000,
)

/** A round step with which a range has at most so many points, and no shorter than told. */
export function stepFor(range_ms: number, points_max: number, least_ms = 0): number {
  const wanted = Math.max(range_ms / Math.max(1, points_max), least_ms)
  return steps_ms.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000
}
