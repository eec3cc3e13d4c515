/**
 * A simulated node whose pods write log lines on command, and a sink that takes what an agent
 * sends and counts the log records in it. What the agent costs is for the suite.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { zstdDecompressSync } from 'node:zlib'
import { agentAccount } from '../../demo/kubernetes/api/agent-roles.ts'
import type { NewObject } from '../../demo/kubernetes/api/objects.ts'
import { type Kubernetes, openKubernetes } from '../../demo/kubernetes/cluster.ts'
import type { Surroundings } from '../../demo/kubernetes/programs/program.ts'
import { seeded } from '../../demo/random.ts'

const image = 'bench/line:1'
const node = 'node-1'

export class NodeOfPods {
  readonly node = node
  readonly kubernetes: Kubernetes
  readonly token_file: string
  readonly #pods: Surroundings[]

  private constructor(kubernetes: Kubernetes, dir: string, pods: Surroundings[]) {
    this.kubernetes = kubernetes
    this.token_file = kubernetes.tokenFile(agentAccount, `${dir}/kubernetes.token`, { node })
    this.#pods = pods
  }

  static async open(dir: string): Promise<NodeOfPods> {
    const pods: Surroundings[] = []
    const kubernetes = await openKubernetes({
      ...{ dir, now_ms: Date.now, random: seeded(7), nodes: [node], tick_ms: 100 },
      pace: { start_ms: 50 },
      program: (around) => {
        if (around.image !== image) return undefined
        pods.push(around)
        return { memory_bytes: () => 40_000_000, cpu_cores: () => 0.05 }
      },
    })
    return new NodeOfPods(kubernetes, dir, pods)
  }

  /** So many more pods, each with the usual handful of labels. */
  add(count: number): void {
    for (let number = 0; number < count; number++) this.kubernetes.apply(podNamed(number))
  }

  get running(): number {
    return this.#pods.length
  }

  /** So many lines from every pod, in one go. */
  write(lines: number, lineOf: (number: number) => string): void {
    for (const pod of this.#pods) {
      for (let number = 0; number < lines; number++) pod.log(lineOf(number))
    }
  }

  close(): Promise<void> {
    return this.kubernetes.close()
  }
}

function podNamed(number: number): NewObject {
  const app = `service-${number % 20}`
  const labels = { app, 'app.kubernetes.io/name': app, 'pod-template-hash': '7d9c5b6f4' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${app}-7d9c5b6f4-${String(number).padStart(5, 'b')}`,
      namespace: 'shop',
      labels,
    },
    spec: {
      nodeName: node,
      restartPolicy: 'Always',
      containers: [{ name: 'app', image, resources: {} }],
    },
    status: { phase: 'Pending' },
  }
}

export type Sink = { url: string; records: () => number; close: () => void }

export async function openSink(): Promise<Sink> {
  let records = 0
  const server = createServer(async (request, response) => {
    const body = await buffer(request)
    const isPacked = request.headers['content-encoding'] === 'zstd'
    if (request.url === '/v1/logs') records += recordsIn(isPacked ? zstdDecompressSync(body) : body)
    response.writeHead(200, { 'content-type': String(request.headers['content-type']) }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}`, records: () => records, close }
}

/** ResourceLogs are field 1 of a request, ScopeLogs field 2 of those, records field 2 of those. */
function recordsIn(request: Uint8Array): number {
  let records = 0
  for (const resource of fields(request, 1)) {
    for (const scope of fields(resource, 2)) for (const _ of fields(scope, 2)) records++
  }
  return records
}

/** The messages under one field number; all fields at these levels have a length. */
function* fields(bytes: Uint8Array, wanted: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at++]!
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (tag >> 3 === wanted) yield bytes.subarray(at, at + length)
    at += length
  }
}
