/**
 * The real agent of a node is killed again and again while its containers' logs rotate every 50 ms
 * and the server ends under it: what became of every line, and whether the agent said so.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { bundleAgent } from '../../tools/bundle.ts'
import type { Row } from '../ingest/read-rows.ts'
import { sleep, until } from './agent-process.ts'
import { ApiServerFixture } from './api-server-fixture.ts'
import { type LedgerIntake, openLedgerIntake, storedRows } from './ledger-intake.ts'
import { NodeAgent } from './node-agent.ts'
import { RotatingLog } from './rotating-log.ts'

export type RotationOptions = {
  dir: string
  rounds: number
  random: () => number
  say?: (line: string) => void
  /** As the kubelet's, and how old a rotated file gets at least, however many there are. */
  files_max?: number
  age_ms_min?: number
  /** Each round the agent lives at most so long. */
  life_ms_max?: number
  /** And is away at most so long. */
  away_ms_max?: number
}

const node = 'node-1'
const containers = [
  ['shop', 'cart-7d9c5b6f4-abcde', 'app'],
  ['shop', 'cart-7d9c5b6f4-abcde', 'sidecar'],
  ['shop', 'payment-0', 'app'],
  ['infra', 'proxy-x7k2p', 'proxy'],
] as const
const rotate_ms = 50
const write_ms = 10
const lines_a_write = 5

export async function rotationLedger(options: RotationOptions) {
  const { dir, rounds, random, say = () => {}, life_ms_max = 6_000, away_ms_max = 500 } = options
  const segments = join(dir, 'segments')
  mkdirSync(segments, { recursive: true })
  // As it is shipped, and because it starts in a third of the time.
  const entry = join(dir, 'agent.mjs')
  await bundleAgent(entry)
  const api = await clusterOf()
  let intake: LedgerIntake | undefined = await openLedgerIntake({ dir: segments })
  const { url, port } = intake
  const agent = new NodeAgent({
    ...{ dir, node, ingest: url, kubernetes: await api.listen() },
    integrations: [{ id: 'logs', type: 'container_logs', settings: { parse_json: false } }],
    flags: ['--log-level', 'warn'],
    entry,
  })
  const writer = new Writer(join(agent.host_root, 'var/log/pods'), options)
  let repeated = 0
  let accepted = 0
  const endIntake = async () => {
    repeated += intake?.chunks.repeated ?? 0
    accepted += intake?.accepted() ?? 0
    await intake?.end()
    intake = undefined
  }
  const arrived = () => accepted + (intake?.accepted() ?? 0)
  try {
    for (let round = 1; round <= rounds; round++) {
      agent.start()
      await sleep(100 + random() * (life_ms_max - 100))
      if (round % 3 === 2) await endIntake()
      await sleep(random() * 200)
      await agent.end('SIGKILL')
      await sleep(random() * away_ms_max)
      intake ??= await openLedgerIntake({ dir: segments, port })
      say(`round ${round}: ${writer.written} written, ${arrived()} stored`)
    }
    writer.stop()
    agent.start()
    await settled(arrived, writer)
    const code = await agent.end('SIGTERM')
    await endIntake()
    const ledger = ledgerOf(await storedRows(segments, 'logs'), writer)
    const told = await storedRows(segments, 'agent_coverage')
    const dropped = told.filter(({ state }) => state === 'dropped').map(({ detail }) => detail)
    const { written, rotations, deleted } = writer
    return { ...ledger, written, rotations, deleted, repeated, dropped, code, output: agent.output }
  } finally {
    writer.stop()
    await agent.end('SIGKILL')
    await intake?.end()
    await api.close()
  }
}

/** All is there, or nothing more has come for a while. */
async function settled(arrived: () => number, writer: Writer): Promise<void> {
  let before = -1
  let since_ms = Date.now()
  const isOver = () => {
    if (arrived() !== before) {
      since_ms = Date.now()
      before = arrived()
    }
    const quiet_ms = Date.now() - since_ms
    return quiet_ms > 15_000 || (arrived() >= writer.written && quiet_ms > 2_000)
  }
  await until('the last line', isOver, 120_000)
}

async function clusterOf(): Promise<ApiServerFixture> {
  const api = new ApiServerFixture()
  for (const name of ['kube-system', 'shop', 'infra']) {
    api.put('/api/v1/namespaces', { metadata: { name, uid: `uid-${name}` } })
  }
  for (const [namespace, pod] of containers) {
    const names = containers.filter(([, of]) => of === pod).map(([, , name]) => ({ name }))
    const spec = { nodeName: node, containers: names }
    const metadata = { name: pod, namespace, uid: `uid-${pod}` }
    api.put('/api/v1/pods', { metadata, spec, status: { phase: 'Running' } })
  }
  return api
}

/** All containers of the node: writes every 10 ms, and rotates each log every 50. */
class Writer {
  readonly logs: readonly RotatingLog[]
  readonly #timers: NodeJS.Timeout[]

  constructor(root: string, options: RotationOptions) {
    const { random, files_max = 100, age_ms_min = 30_000 } = options
    const limits = { files_max, age_ms_min, random }
    this.logs = containers.map(([namespace, pod, container], at) => {
      const dir = join(root, `${namespace}_${pod}_uid-${pod}`, container)
      return new RotatingLog({ dir, name: `c${at}`, ...limits })
    })
    this.#timers = [
      setInterval(() => this.#each((log) => log.write(lines_a_write)), write_ms),
      setInterval(() => this.#each((log) => log.rotate()), rotate_ms),
    ]
  }

  get written(): number {
    return this.logs.reduce((sum, log) => sum + log.written, 0)
  }

  get rotations(): number {
    return this.logs.reduce((sum, log) => sum + log.rotations, 0)
  }

  get deleted(): number {
    return this.logs.reduce((sum, log) => sum + log.deleted, 0)
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
  }

  #each(act: (log: RotatingLog) => void): void {
    for (const log of this.logs) act(log)
  }
}

/** Whether every line is there once, as it was written, and under its container's name. */
function ledgerOf(rows: readonly Row[], writer: Writer) {
  const counts = writer.logs.map((log) => new Uint8Array(log.written + 1))
  const ledger = { stored: rows.length, lost: 0, duplicated: 0, corrupt: 0, misnamed: 0 }
  const examples: string[] = []
  const example = (what: string) => examples.length < 20 && examples.push(what)
  for (const { body, pod, container, namespace } of rows) {
    const [, at, number, crc, text] = /^c(\d) (\d+) (\d+) (.*)$/s.exec(String(body)) ?? []
    const seen = counts[Number(at)]
    if (seen === undefined || crc32(text ?? '') !== Number(crc)) {
      ledger.corrupt++
      example(`corrupt: ${String(body).slice(0, 100)}`)
      continue
    }
    const times = ++seen[Number(number)]!
    if (times > 1) ledger.duplicated++
    if (times > 1) example(`twice: c${at} ${number}`)
    const name = containers[Number(at)]!
    if (name[0] !== namespace || name[1] !== pod || name[2] !== container) ledger.misnamed++
  }
  for (const [at, seen] of counts.entries()) {
    for (let number = 1; number < seen.length; number++) {
      if (seen[number] !== 0) continue
      ledger.lost++
      example(`lost: c${at} ${number}`)
    }
  }
  return { ...ledger, examples }
}
