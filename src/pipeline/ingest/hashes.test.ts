/** Hashes that other tools must make too: known values of theirs. */
import { expect, it } from 'vitest'
import { ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { murmur3 } from './murmur3.ts'

it('hashes as MurmurHash3 x64 128 does', () => {
  const hex = (text: string) => murmur3(Buffer.from(text)).toString('hex')
  expect(hex('')).toBe('0'.repeat(32))
  expect(hex('hello')).toBe('cbd8a7b341bd9b025b1e906a48ae1d19')
  expect(hex('hello, world')).toBe('342fac623a5ebc8e4cdcbc079642414d')
  expect(hex('The quick brown fox jumps over the lazy dog.')).toBe(
    'cd99481f9ee902c9695da1a38987b6e7',
  )
})

function flow(transport: string, from: string, to: string, expected: string, more: object = {}) {
  it(`names the flow ${transport} ${from} ${to}`, () => {
    const end = (text: string) => {
      const [ip, port] = text.split(' ')
      return port === undefined ? { ip } : { ip, port: Number(port) }
    }
    const network = { transport }
    const there = { source: end(from), destination: end(to), network, ...more }
    const back = { source: end(to), destination: end(from), network, ...more }
    expect(ranOn([{ community_id: {} }], there).source.network.community_id).toBe(expected)
    if (more && Object.keys(more).length > 0) return
    expect(ranOn([{ community_id: {} }], back).source.network.community_id).toBe(expected)
  })
}

flow('udp', '192.168.1.52 54585', '8.8.8.8 53', '1:d/FP5EW3wiY1vCndhwleRRKHowQ=')
flow('sctp', '192.168.170.8 7', '192.168.170.56 7', '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=')
flow('icmp', '192.168.0.89', '192.168.0.1', '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=', {
  icmp: { type: 8, code: 0 },
})
