/** network_direction: whether a connection goes out of the networks that are one's own, or in. */
import type { DocumentValue } from '../../document.ts'
import { javaText } from '../../document-path.ts'
import { type IngestRun, notOf } from '../ingest-run.ts'
import { addressBytes, isInNetwork } from '../ip-address.ts'
import { compileTemplate } from '../mustache.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const networkDirection: ProcessorKind = {
  type: 'network_direction',
  compile(options) {
    const sourceIp = options.field('source_ip', 'source.ip')
    const destinationIp = options.field('destination_ip', 'destination.ip')
    const target = options.field('target_field', 'network.direction')
    const ignoreMissing = options.boolean('ignore_missing', true)
    const given = options.optionalStrings('internal_networks')
    const fieldName = options.optionalString('internal_networks_field')
    if (given === undefined && fieldName === undefined) {
      options.refuse('internal_networks', 'or [internal_networks_field] must be specified')
    }
    if (given !== undefined && fieldName !== undefined) {
      const what = 'and [internal_networks_field] cannot both be used in the same processor'
      options.refuse('internal_networks', what)
    }
    const field =
      fieldName === undefined ? undefined : options.pathOf('internal_networks_field', fieldName)
    const templates = given?.map((one) =>
      options.reading('internal_networks', () => compileTemplate(one)),
    )
    const networksOf = (run: IngestRun): DocumentValue[] | undefined => {
      if (templates !== undefined) return templates.map((one) => one.render(run))
      const value = run.readOrNull(field!, ignoreMissing)
      if (value !== null && !Array.isArray(value)) {
        throw notOf(fieldName!, value, 'java.util.ArrayList')
      }
      return value ?? undefined
    }
    return (run) => {
      const networks = networksOf(run)
      const source = run.readText(sourceIp, ignoreMissing)
      const destination = run.readText(destinationIp, ignoreMissing)
      if (networks === undefined || source === null || destination === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure('unable to calculate network direction from document')
      }
      const isOwn = (text: string) => {
        const address = addressBytes(text)
        return networks.some((network) => isIn(address, javaText(network)))
      }
      const isFromOwn = isOwn(source)
      const isToOwn = isOwn(destination)
      const outward = isFromOwn ? 'outbound' : 'external'
      run.write(target, isToOwn ? (isFromOwn ? 'internal' : 'inbound') : outward)
      return undefined
    }
  },
}

const named = new Map<string, (address: Uint8Array) => boolean>([
  ['loopback', isLoopback],
  ['global_unicast', isUnicast],
  ['unicast', isUnicast],
  ['link_local_unicast', isLinkLocal],
  ['interface_local_multicast', (a) => a.length === 16 && a[0] === 0xff && (a[1]! & 15) === 1],
  ['link_local_multicast', isLinkLocalMulticast],
  ['multicast', isMulticast],
  ['unspecified', isUnspecified],
  ['private', isPrivate],
  ['public', isPublic],
])

function isIn(address: Uint8Array, network: string): boolean {
  return named.get(network)?.(address) ?? isInNetwork(address, network)
}

function isLoopback(a: Uint8Array): boolean {
  return a.length === 4 ? a[0] === 127 : a[15] === 1 && a.subarray(0, 15).every((one) => one === 0)
}

function isUnspecified(a: Uint8Array): boolean {
  return a.every((one) => one === 0)
}

function isMulticast(a: Uint8Array): boolean {
  return a.length === 4 ? (a[0]! & 0xf0) === 0xe0 : a[0] === 0xff
}

function isLinkLocal(a: Uint8Array): boolean {
  if (a.length === 4) return a[0] === 169 && a[1] === 254
  return a[0] === 0xfe && (a[1]! & 0xc0) === 0x80
}

function isLinkLocalMulticast(a: Uint8Array): boolean {
  if (a.length === 4) return a[0] === 224 && a[1] === 0 && a[2] === 0
  return a[0] === 0xff && (a[1]! & 15) === 2
}

function isBroadcast(a: Uint8Array): boolean {
  return a.length === 4 && a.every((one) => one === 255)
}

function isUnicast(a: Uint8Array): boolean {
  return ![isBroadcast, isUnspecified, isLoopback, isMulticast, isLinkLocal].some((is) => is(a))
}

function isPrivate(a: Uint8Array): boolean {
  const networks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8']
  return networks.some((one) => isInNetwork(a, one))
}

function isPublic(a: Uint8Array): boolean {
  const isLocal = [isPrivate, isLoopback, isUnspecified, isLinkLocal].some((is) => is(a))
  return !isLocal && !isLinkLocalMulticast(a) && !isBroadcast(a)
}
