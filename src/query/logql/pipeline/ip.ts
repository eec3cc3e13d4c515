/** IP addresses in lines and labels: one address, a range `a-b`, or a network in CIDR form. */

type Address = { family: 4 | 6; value: bigint }
export type IpPattern = { family: 4 | 6; first: bigint; last: bigint }

export function isIpPattern(text: string): boolean {
  return readIpPattern(text) !== undefined
}

export function readIpPattern(text: string): IpPattern | undefined {
  const [left = '', right, ...more] = text.split('-')
  if (more.length > 0) return undefined
  if (right !== undefined) {
    const first = readAddress(left.trim())
    const last = readAddress(right.trim())
    if (first === undefined || last === undefined || first.family !== last.family) return undefined
    if (first.value > last.value) return undefined
    return { family: first.family, first: first.value, last: last.value }
  }
  const [address = '', bits, ...others] = text.split('/')
  const base = others.length > 0 ? undefined : readAddress(address)
  if (base === undefined) return undefined
  const width = base.family === 4 ? 32 : 128
  if (bits === undefined) return { family: base.family, first: base.value, last: base.value }
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined
  const rest = BigInt(width - Number(bits))
  const first = (base.value >> rest) << rest
  return { family: base.family, first, last: first + (1n << rest) - 1n }
}

export function readAddress(text: string): Address | undefined {
  return text.includes(':') ? readSix(text) : readFour(text)
}

function readFour(text: string): Address | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (found === null) return undefined
  let value = 0n
  for (const part of found.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part[0] === '0')) return undefined
    value = value * 256n + BigInt(part)
  }
  return { family: 4, value }
}

function readSix(text: string): Address | undefined {
  let whole = text.replace(/%.*$/s, '')
  const four = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(whole)
  if (four !== null) {
    const tail = readFour(four[2]!)
    if (tail === undefined) return undefined
    whole = `${four[1]}${(tail.value >> 16n).toString(16)}:${(tail.value & 0xffffn).toString(16)}`
  }
  const halves = whole.split('::')
  if (halves.length > 2) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail]
  if (groups.some((group) => !/^[\da-fA-F]{1,4}$/.test(group))) return undefined
  return {
    family: 6,
    value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n),
  }
}

export function holdsAddress(pattern: IpPattern, text: string): boolean {
  const address = readAddress(text)
  return (
    address !== undefined &&
    address.family === pattern.family &&
    address.value >= pattern.first &&
    address.value <= pattern.last
  )
}

const four = /[\d.]{7,15}/g
const six = /[\da-fA-F:.]{3,45}/g

/** Whether the line holds an address that fits. */
export function lineHasAddress(pattern: IpPattern, line: string): boolean {
  for (const [found] of line.matchAll(pattern.family === 4 ? four : six)) {
    if (holdsAddress(pattern, found)) return true
    const trimmed = found.replace(/^[.]+|[.:]+$/g, '')
    if (trimmed !== found && holdsAddress(pattern, trimmed)) return true
    if (pattern.family === 4 || !found.includes('.')) continue
    const last = found.slice(found.lastIndexOf(':') + 1)
    if (holdsAddress(pattern, last)) return true
  }
  return false
}
