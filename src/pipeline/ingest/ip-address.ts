/** IP addresses and networks as bytes, for the processors that compare or hash them. */
import { isIPv4, isIPv6 } from 'node:net'
import { ProcessorFailure } from './pipeline-refused.ts'

export function isAddress(text: string): boolean {
  return isIPv4(text) || (isIPv6(text) && !text.includes('%'))
}

/** 4 or 16 bytes; an IPv4 address within IPv6 is 4, as in Java. */
export function addressBytes(text: string): Uint8Array {
  if (isIPv4(text)) return Uint8Array.from(text.split('.').map(Number))
  if (!isAddress(text)) throw new ProcessorFailure(`'${text}' is not an IP string literal.`)
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  let plain = text
  if (dotted !== null) {
    const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number]
    plain = `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  }
  const [head = '', tail] = plain.split('::') as [string, string?]
  const groups = (words: string) =>
    words === '' ? [] : words.split(':').map((word) => Number.parseInt(word, 16))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const missing = 8 - before.length - after.length
  const all = [...before, ...new Array<number>(Math.max(0, missing)).fill(0), ...after]
  const bytes = Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]))
  const isMapped = bytes.subarray(0, 10).every((one) => one === 0) && all[5] === 0xffff
  return isMapped ? bytes.slice(12) : bytes
}

/** Whether the address is in `10.0.0.0/8` or is the address itself. */
export function isInNetwork(address: Uint8Array, network: string): boolean {
  const slash = network.indexOf('/')
  const base = addressBytes(slash < 0 ? network : network.slice(0, slash))
  const bits = slash < 0 ? base.length * 8 : Number(network.slice(slash + 1))
  if (!Number.isInteger(bits) || bits < 0 || bits > base.length * 8) {
    throw new ProcessorFailure(`'${network}' is not a valid network`)
  }
  if (base.length !== address.length) return false
  for (let bit = 0; bit < bits; bit += 8) {
    const at = bit >> 3
    const mask = bits - bit >= 8 ? 255 : (255 << (8 - (bits - bit))) & 255
    if ((address[at]! & mask) !== (base[at]! & mask)) return false
  }
  return true
}
