/**
 * The agent as it is shipped, one bundled file, on a simulated node with a hundred pods: what a
 * line costs from the file to the server's answer, and what memory it holds with all of a node's
 * collectors running. All its threads count.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleAgent } from '../../tools/bundle.ts'
import { NodeOfPods, openSink, type Sink } from './node-of-pods.ts'
import { cpuSeconds, memoryOf, pause } from './processes.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'

const pods = 100
const lines_per_second = 5_000
const backlog_rows = 1_000_000
const look_ms = 250
const settle_ms = 8_000
const deadline_ms = 120_000

export const agentSuites: readonly Suite[] = [
  {
    name: 'agent',
    about:
      'the agent with 100 pods: CRI lines a CPU-second, memory and CPU at 5 000 lines a second',
    run,
  },
]

async function run({ dir, rows = backlog_rows, seconds, say }: SuiteOptions): Promise<Figure[]> {
  const bundle = join(dir, 'agent.mjs')
  const bundle_bytes = await bundleAgent(bundle)
  const place = await NodeOfPods.open(join(dir, 'cluster'))
  const sink = await openSink()
  const agent = new BenchedAgent(bundle, dir, place, sink)
  try {
    place.add(pods)
    await until('the pods run', () => place.running === pods)
    await agent.start()
    await pause(settle_ms)
    const rest = await agent.measure(() => pause(5_000))
    say('a backlog')
    const lines = Math.ceil(rows / pods)
    const backlog = await agent.measure(() => deliver(sink, place, lines, pods))
    say('a steady load')
    await pause(settle_ms)
    const steady = await agent.measure(() => steadily(place, sink, seconds))
    return figures({ bundle_bytes, rest, backlog, steady, lines: lines * pods })
  } finally {
    await agent.stop()
    sink.close()
    await place.close()
    if (agent.complaints() !== '') say(agent.complaints())
  }
}

type Cost = { cpu_s: number; wall_s: number; rss_mb_max: number; rss_mb: number }

function figures(
  told: Record<'rest' | 'backlog' | 'steady', Cost> & {
    bundle_bytes: number
    lines: number
  },
): Figure[] {
  const { rest, backlog, steady, lines, bundle_bytes } = told
  const share = ({ cpu_s, wall_s }: Cost) => (100 * cpu_s) / wall_s
  return [
    {
      name: 'CRI lines a CPU-second, file to answer, all threads',
      value: Math.round(lines / backlog.cpu_s),
      unit: 'lines/s',
      target: { at_least: 60_000 },
      details: { ...backlog, lines },
    },
    { name: 'CRI lines a second', value: Math.round(lines / backlog.wall_s), unit: 'lines/s' },
    {
      name: 'memory at 100 pods and 5 000 lines/s, highest',
      value: steady.rss_mb_max,
      unit: 'MB',
      target: { at_most: 120 },
      details: steady,
    },
    { name: 'memory while it catches up, highest', value: backlog.rss_mb_max, unit: 'MB' },
    { name: 'memory at rest', value: rest.rss_mb_max, unit: 'MB' },
    { name: 'CPU at 5 000 lines/s', value: share(steady), unit: '% of one' },
    { name: 'CPU at rest', value: share(rest), unit: '% of one' },
    { name: 'bundle', value: bundle_bytes / 1e6, unit: 'MB' },
  ]
}

/** A line as services write it, in the middle of what is usual. */
function lineOf(number: number): string {
  const at = new Date().toISOString()
  return `${at} INFO [main] c.e.Orders - GET /api/orders/${number} 200 in 12ms from 10.1.2.3`
}

async function deliver(sink: Sink, place: NodeOfPods, lines: number, times: number): Promise<void> {
  const before = sink.records()
  place.write(lines, lineOf)
  await until('all lines arrived', () => sink.records() >= before + lines * times)
}

async function steadily(place: NodeOfPods, sink: Sink, seconds: number): Promise<void> {
  const before = sink.records()
  const each = lines_per_second / 10 / pods
  const began_ms = performance.now()
  for (let tenth = 1; tenth <= seconds * 10; tenth++) {
    place.write(each, lineOf)
    await pause(Math.max(0, began_ms + tenth * 100 - performance.now()))
  }
  const written = seconds * 10 * each * pods
  await until('all lines arrived', () => sink.records() >= before + written)
}

class BenchedAgent {
  readonly #args: string[]
  #child: ChildProcess | undefined
  #text = ''

  constructor(bundle: string, dir: string, place: NodeOfPods, sink: Sink) {
    const { kubernetes, token_file, node } = place
    const [kubelet] = kubernetes.kubelets
    const policy = join(dir, 'policy.yaml')
    mkdirSync(join(dir, 'state'))
    writeFileSync(policy, JSON.stringify({ integrations }))
    this.#args = [
      ...[bundle, '--ingest', sink.url, '--policy', policy, '--state-dir', join(dir, 'state')],
      ...['--kind', 'node', '--cluster', 'bench', '--node', node, '--log-level', 'warn'],
      ...['--node-ip', new URL(kubelet!.url).hostname, '--host-root', join(dir, 'cluster', node)],
      ...['--kubernetes-url', kubernetes.url, '--kubernetes-token-file', token_file],
      ...(kubernetes.ca_file === undefined ? [] : ['--kubernetes-ca-file', kubernetes.ca_file]),
    ]
  }

  async start(): Promise<void> {
    const { flags, env } = asInTheImage()
    const child = spawn(process.execPath, [...flags, ...this.#args], {
      env: { PATH: process.env.PATH, ...env },
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part) => {
        this.#text += part
      })
    }
    await until('the agent lives', () => child.pid !== undefined)
  }

  complaints(): string {
    return this.#text.slice(-2_000)
  }

  /** What it costs while something goes on, without what it cost before. */
  async measure(work: () => Promise<void>): Promise<Cost> {
    const pid = this.#child!.pid!
    const before_s = cpuSeconds(pid)
    const began_ms = performance.now()
    let rss_mb_max = 0
    const look = () => {
      rss_mb_max = Math.max(rss_mb_max, memoryOf(pid).rss_mb)
    }
    const timer = setInterval(look, look_ms)
    try {
      await work()
      look()
    } finally {
      clearInterval(timer)
    }
    const wall_s = (performance.now() - began_ms) / 1_000
    return { cpu_s: cpuSeconds(pid) - before_s, wall_s, rss_mb_max, rss_mb: memoryOf(pid).rss_mb }
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
}

/** The image's own command says how Node is started for it. */
function asInTheImage(): { flags: string[]; env: Record<string, string> } {
  const command = readFileSync(join(import.meta.dirname, '../../deploy/docker/crowsnest'), 'utf8')
  const line = /^ *agent\) ([^;]*)/m.exec(command)?.[1] ?? ''
  const words = line.split(/\s+/)
  const flags = words.filter((word) => word.startsWith('--'))
  const env = words.filter((word) => /^[A-Z_]+=\w+$/.test(word)).map((word) => word.split('='))
  return { flags, env: Object.fromEntries(env) }
}

/** Everything that a node's agent collects; the gateway at ports of its own. */
const integrations = [
  { id: 'container_logs', type: 'container_logs' },
  { id: 'kubernetes_metrics', type: 'kubernetes_metrics' },
  { id: 'prometheus', type: 'prometheus' },
  { id: 'otlp', type: 'otlp', settings: { grpc: '127.0.0.1:0', http: '127.0.0.1:0' } },
]

async function until(what: string, holds: () => boolean): Promise<void> {
  const end_ms = performance.now() + deadline_ms
  while (!holds()) {
    if (performance.now() > end_ms) throw new Error(`not within ${deadline_ms} ms: ${what}`)
    await pause(50)
  }
}
