/**
 * Numbers as Prometheus writes them: Go's decimal floats, Inf and NaN in any case. What JavaScript
 * would take beyond that (hexadecimal, empty text, blanks) is refused.
 */

/** Undefined when the text is no number. */
export function numberIn(text: string, start: number, end: number): number | undefined {
  let at = start
  let isNegative = false
  const first = text.charCodeAt(at)
  if (first === 45 || first === 43) {
    isNegative = first === 45
    at++
  }
  const digitsStart = at
  let whole = 0
  let code = 0
  for (; at < end; at++) {
    code = text.charCodeAt(at) - 48
    if (code < 0 || code > 9) break
    whole = whole * 10 + code
  }
  const digits = at - digitsStart
  // Up to fifteen digits add up exactly; most samples are such whole numbers.
  if (at === end && digits > 0 && digits <= 15) return isNegative ? -whole : whole
  return readLong(text, start, at, end, digits)
}

function readLong(
  text: string,
  start: number,
  from: number,
  end: number,
  whole_digits: number,
): number | undefined {
  let at = from
  let digits = whole_digits
  if (at < end && text.charCodeAt(at) === 46) {
    const afterPoint = skipDigits(text, at + 1, end)
    digits += afterPoint - at - 1
    at = afterPoint
  }
  if (digits === 0) return from === at ? wordNumber(text.slice(start, end)) : undefined
  if (at < end && (text.charCodeAt(at) | 32) === 101) {
    at++
    const sign = text.charCodeAt(at)
    if (at < end && (sign === 45 || sign === 43)) at++
    const exponentEnd = skipDigits(text, at, end)
    if (exponentEnd === at) return undefined
    at = exponentEnd
  }
  return at === end ? finite(Number(text.slice(start, end))) : undefined
}

/** Go answers an error for what is out of range, JavaScript infinity. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

function skipDigits(text: string, from: number, end: number): number {
  let at = from
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) break
    at++
  }
  return at
}

function wordNumber(text: string): number | undefined {
  switch (text.toLowerCase()) {
    case 'nan':
      return Number.NaN
    case '+inf':
    case 'inf':
    case '+infinity':
    case 'infinity':
      return Number.POSITIVE_INFINITY
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY
    default:
      return undefined
  }
}
