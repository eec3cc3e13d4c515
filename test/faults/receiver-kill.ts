/**
 * The fault "receiver-kill": kill -9 of the server while every protocol that acknowledges sends
 * numbered records to it. What was acknowledged must be there once; what has an identity is sent
 * again until it is answered and must be there once too.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../src/store/store.ts'
import type { ReceiverSender } from './http-sender.ts'
import { sleep } from './load.ts'
import { seeded } from './random.ts'
import { receiverSenders } from './receiver-senders.ts'
import { Target } from './target-process.ts'

export const receiverKill = {
  name: 'receiver-kill',
  says: 'kill -9 of the server while every protocol that acknowledges sends to it',
}

const batch_records = 50
const pause_ms = 40
const round_ms_max = 2_500
const inserted_ms_max = 180_000

const flags = ['elastic', 'loki', 'apm', 'fluent_forward'].map(
  (name) => `--listen.${name}=127.0.0.1:0`,
)

type Tally = { acked: Set<number>; doubted: Set<number>; sent: number }

export async function runReceiverKill(options: {
  rounds: number
  seed: number
  work_dir: string
  say: (line: string) => void
}) {
  const { rounds, seed, work_dir, say } = options
  const dir = join(work_dir, 'receivers')
  mkdirSync(dir, { recursive: true })
  const random = seeded(seed)
  const target = new Target(dir, [...flags, '--agent=off'])
  const state = { isRunning: true }
  try {
    await (await target.start()).ready
    const producing = receiverSenders.map((sender, producer) =>
      produce(sender, producer, target, state),
    )
    for (let round = 1; round <= rounds; round++) {
      await sleep(random.between(200, round_ms_max))
      await target.kill()
      await (await target.start()).ready
      if (round % 10 === 0) say(`${round} of ${rounds} kills`)
    }
    await sleep(1_000)
    state.isRunning = false
    const tallies = await Promise.all(producing)
    await inserted(target)
    await target.stop()
    return await verify(dir, tallies)
  } finally {
    state.isRunning = false
    await target.killAll().catch(() => undefined)
    rmSync(dir, { recursive: true, force: true })
  }
}

async function produce(
  sender: ReceiverSender,
  producer: number,
  target: Target,
  state: { isRunning: boolean },
): Promise<Tally> {
  const tally: Tally = { acked: new Set(), doubted: new Set(), sent: 0 }
  for (let first = 0; state.isRunning; first += batch_records) {
    tally.sent += batch_records
    const fate = await deliver(sender, producer, first, target)
    for (let at = first; at < first + batch_records; at++) {
      if (fate === 'acked') tally.acked.add(at)
      else tally.doubted.add(at)
    }
    await sleep(pause_ms)
  }
  return tally
}

/** What is durable waits in segments; a slow machine takes its time to insert it. */
async function inserted(target: Target): Promise<void> {
  const end_ms = Date.now() + inserted_ms_max
  while (target.leftovers().length > 0) {
    if (Date.now() > end_ms) throw new Error(`not inserted: ${target.leftovers().length} segments`)
    await sleep(200)
  }
}

/** Until it is answered, or it may have been stored and must not be sent twice. */
async function deliver(
  sender: ReceiverSender,
  producer: number,
  first: number,
  target: Target,
): Promise<'acked' | 'in doubt'> {
  for (;;) {
    if (target.port !== undefined) {
      const fate = await sender.send(target.addresses, producer, first, batch_records)
      if (fate === 'acked' || (fate === 'in doubt' && !sender.hasIdentity)) return fate
    }
    await sleep(100)
  }
}

async function verify(dir: string, tallies: readonly Tally[]) {
  const quiet = { info() {}, warn() {}, error() {} }
  const store = await openStore({ dir: join(dir, 'engine') }, { log: quiet, now_ms: Date.now })
  try {
    const results = []
    for (const [producer, { name, found }] of receiverSenders.entries()) {
      const { columns } = await store.columns(found(producer), {
        rows_max: 10_000_000,
        timeout_ms: 60_000,
      })
      const times = new Map<number, number>()
      for (const [i, sequence] of (columns.sequence as number[]).entries()) {
        times.set(Number(sequence), Number(columns.times![i]))
      }
      results.push(compare(name, tallies[producer]!, times))
    }
    return results
  } finally {
    await store.close()
  }
}

function compare(fault: string, { acked, doubted, sent }: Tally, times: Map<number, number>) {
  const lost = [...acked].filter((sequence) => !times.has(sequence)).length
  let duplicated = 0
  let unexpected = 0
  for (const [sequence, count] of times) {
    duplicated += count - 1
    if (!acked.has(sequence) && !doubted.has(sequence)) unexpected++
  }
  const passed = lost === 0 && duplicated === 0 && unexpected === 0 && acked.size > 0
  const in_doubt = doubted.size
  return { fault, sent, acked: acked.size, in_doubt, lost, duplicated, unexpected, passed }
}
