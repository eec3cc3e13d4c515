/** community_id: the flow hash that other tools make of the same connection, version 1. */
import { createHash } from 'node:crypto'
import type { DocumentValue } from '../../document.ts'
import { javaText } from '../../document-path.ts'
import { addressBytes } from '../ip-address.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const protocols = new Map([
  ...([
    ['icmp', 1],
    ['igmp', 2],
    ['tcp', 6],
    ['udp', 17],
    ['gre', 47],
  ] as const),
  ...([
    ['ipv6-icmp', 58],
    ['icmpv6', 58],
    ['icmp-ipv6', 58],
    ['eigrp', 88],
  ] as const),
  ...([
    ['ospf', 89],
    ['pim', 103],
    ['sctp', 132],
  ] as const),
])
/** Each message of ICMP and its answer. */
const pairs = (list: readonly (readonly [number, number])[]) =>
  new Map(list.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))
const answers4 = pairs([
  [8, 0],
  [13, 14],
  [15, 16],
  [17, 18],
  [10, 9],
])
const answers6 = pairs([
  [128, 129],
  [130, 131],
  [133, 134],
  [135, 136],
  [139, 140],
  [144, 145],
])

type Flow = { source: Uint8Array; destination: Uint8Array; protocol: number; ports?: Ports }
type Ports = { source: number; destination: number; isOneWay: boolean }

export const communityId: ProcessorKind = {
  type: 'community_id',
  compile(options) {
    const sourceIp = options.field('source_ip', 'source.ip')
    const sourcePort = options.field('source_port', 'source.port')
    const destinationIp = options.field('destination_ip', 'destination.ip')
    const destinationPort = options.field('destination_port', 'destination.port')
    const ianaNumber = options.field('iana_number', 'network.iana_number')
    const transport = options.field('transport', 'network.transport')
    const icmpType = options.field('icmp_type', 'icmp.type')
    const icmpCode = options.field('icmp_code', 'icmp.code')
    const target = options.field('target_field', 'network.community_id')
    const seed = options.integer('seed', 0)
    if (seed < 0 || seed > 65_535) options.refuse('seed', 'must be a value between 0 and 65535')
    const ignoreMissing = options.boolean('ignore_missing', true)
    return (run) => {
      const source = run.readText(sourceIp, ignoreMissing)
      const destination = run.readText(destinationIp, ignoreMissing)
      const named = run.find(ianaNumber) ?? run.readOrNull(transport, ignoreMissing)
      if (source === null || destination === null || named === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure('unable to construct flow from document')
      }
      const protocol = protocolOf(named)
      const flow: Flow = {
        ...{ source: addressBytes(source), destination: addressBytes(destination), protocol },
      }
      if (protocol === 1 || protocol === 58) {
        const type = integerOf(run.find(icmpType) ?? null, 'icmp type') & 0xffff
        const answer = (protocol === 1 ? answers4 : answers6).get(type)
        const code = integerOf(run.find(icmpCode) ?? null, 'icmp code') & 0xffff
        flow.ports = { source: type, destination: answer ?? code, isOneWay: answer === undefined }
      } else if (protocol === 6 || protocol === 17 || protocol === 132) {
        flow.ports = {
          source: portOf(run.readOrNull(sourcePort, ignoreMissing), 'source port'),
          destination: portOf(run.readOrNull(destinationPort, ignoreMissing), 'destination port'),
          isOneWay: false,
        }
      }
      run.write(target, hashOf(flow, seed))
      return undefined
    }
  },
}

function protocolOf(value: DocumentValue): number {
  const text = javaText(value).toLowerCase()
  const known = protocols.get(text as 'tcp') ?? (/^\d{1,3}$/.test(text) ? Number(text) : -1)
  if (known >= 0 && known <= 255) return known
  throw new ProcessorFailure(`could not convert string [${text}] to transport protocol`)
}

function integerOf(value: DocumentValue, name: string): number {
  if (value === null) return 0
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'string' && /^[+-]?\d{1,9}$/.test(value)) return Number(value)
  throw new ProcessorFailure(`unable to parse ${name} [${javaText(value)}]`)
}

function portOf(value: DocumentValue, name: string): number {
  const port = integerOf(value, name)
  if (port >= 0 && port <= 65_535) return port
  throw new ProcessorFailure(`invalid ${name} [${port}]`)
}

function hashOf({ source, destination, protocol, ports }: Flow, seed: number): string {
  const two = (value: number) => Uint8Array.of(value >> 8, value & 255)
  const order =
    source.length === destination.length
      ? Buffer.compare(source, destination)
      : source.length - destination.length
  const isOrdered = order < 0 || (order === 0 && (ports?.source ?? 0) < (ports?.destination ?? 0))
  const keeps = isOrdered || ports?.isOneWay === true
  const hash = createHash('sha1').update(two(seed))
  hash.update(keeps ? source : destination).update(keeps ? destination : source)
  hash.update(Uint8Array.of(protocol, 0))
  if (ports !== undefined) {
    hash.update(two(keeps ? ports.source : ports.destination))
    hash.update(two(keeps ? ports.destination : ports.source))
  }
  return `1:${hash.digest('base64')}`
}
