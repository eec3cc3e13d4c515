/**
 * Addresses of a cluster. On Linux every cluster has a part of the loopback network for itself, so
 * that nodes and pods have addresses that answer, with their usual ports.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pod_network, replicaNames } from '../cluster/pod-identity.ts'
import { hash } from '../random.ts'
import { ownerOf, type Pod } from './api/objects.ts'

export async function listenAt(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

export type Network = {
  /** `127.244`. */
  prefix: string
  /** Addresses of pods can be reached. */
  is_real: boolean
  api: { host: string; port: number }
}

const second_least = 130

/** Takes the first free part: the API server's own address says whether it is taken. */
export async function takeNetwork(api: Server, wants_own: boolean): Promise<Network> {
  const [, second = '244'] = pod_network.split('.')
  if (wants_own && process.platform === 'linux') {
    for (let at = Number(second); at >= second_least; at--) {
      const host = `127.${at}.0.1`
      try {
        const port = await listenAt(api, host, 6443)
        return { prefix: `127.${at}`, is_real: true, api: { host, port } }
      } catch {
        // Another cluster has it.
      }
    }
  }
  const port = await listenAt(api, '127.0.0.1', 0)
  return { prefix: pod_network, is_real: false, api: { host: '127.0.0.1', port } }
}

/** On its usual port, or on a free one where that is taken. */
export async function listenUsually(server: Server, host: string, port: number): Promise<number> {
  try {
    return await listenAt(server, host, port)
  } catch {
    return await listenAt(server, host, 0)
  }
}

const hosts = { first: 10, count: 240 }

/** Hands out pod addresses: the one that follows from the pod's name, or the next free one. */
export class PodAddresses {
  readonly #prefix: string
  readonly #nodes: readonly string[]
  readonly #taken = new Map<string, string>()

  constructor(prefix: string, nodes: readonly string[]) {
    this.#prefix = prefix
    this.#nodes = nodes
  }

  take(pod: Pod, ordinal: number): string {
    const { uid, name } = pod.metadata
    const node = this.#nodes.indexOf(pod.spec.nodeName ?? '') + 1
    const owner = ownerOf(pod)
    const wanted =
      owner?.kind === 'ReplicaSet'
        ? replicaNames(owner.name, ordinal).host
        : hosts.first + (hash(name) % hosts.count)
    for (let tries = 0; tries < hosts.count; tries++) {
      const last = hosts.first + ((wanted - hosts.first + tries) % hosts.count)
      const ip = `${this.#prefix}.${node}.${last}`
      if ((this.#taken.get(ip) ?? uid) !== uid) continue
      this.#taken.set(ip, uid)
      return ip
    }
    throw new Error(`node ${pod.spec.nodeName} has no address left`)
  }

  release({ metadata: { uid } }: Pod): void {
    for (const [ip, taker] of this.#taken) if (taker === uid) this.#taken.delete(ip)
  }
}
