/**
 * `npm run fuzz -- [--seed N] [--requests N] [--way part-of-a-name]`: hostile requests to every
 * protocol of a server in a process of its own. Whatever comes, it may not end, hang, fail or grow.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { parseArgs } from 'node:util'
import { seeded } from '../../demo/random.ts'
import type { HostileReport } from './hostile-server.ts'
import type { Rig } from './rig.ts'
import { senders } from './senders.ts'
import type { ServiceWay } from './service-way.ts'
import { serviceWays } from './service-ways.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '10000' },
    way: { type: 'string', default: '' },
    at_once: { type: 'string', default: '16' },
  },
})
const mebibyte = 1024 * 1024
const hang_ms = 1_000
const grown_mib_max = 64
/** A tenth of them at most: until then caches fill, and the heap takes the size it works in. */
const warm_requests = 100_000

type Outcome = {
  way: string
  requests: number
  said: Record<string, number>
  slowest_ms: number
  hangs: number
  failures: number
  /** Resident; of it the heap and what lies outside of it. */
  grown_mib: number
  heap_mib: number
  external_mib: number
  logged: number
  crashed: boolean
}

async function attack(way: ServiceWay, requests: number, seed: number): Promise<Outcome> {
  const url = new URL('./hostile-server.ts', import.meta.url)
  const env = { ...process.env, FORGET: '1' }
  // As `npm start` runs it.
  const execArgv = ['--expose-gc', '--max-semi-space-size=8']
  const server = fork(url, { execArgv, env })
  const first = (await once(server, 'message'))[0] as HostileReport
  const outcome: Outcome = {
    ...{ way: way.name, requests, said: {}, slowest_ms: 0, hangs: 0, failures: 0 },
    ...{ grown_mib: 0, heap_mib: 0, external_mib: 0, logged: 0, crashed: false },
  }
  server.once('exit', () => {
    outcome.crashed = true
  })
  const ask = async () => {
    const told = once(server, 'message')
    server.send('report')
    return (await told)[0] as HostileReport
  }
  const rig = {
    address: (name: string) => first.addresses[name]!,
    // What is counted is in the other process.
    counters: { listeners: () => [], records: () => [] },
  } as unknown as Rig
  const next = seeded(seed)
  const warm = Math.min(warm_requests, Math.ceil(requests / 10))
  await sendMany(way, rig, warm, next, outcome)
  const before = outcome.crashed ? first : await ask()
  await sendMany(way, rig, requests - warm, next, outcome)
  if (!outcome.crashed) {
    const after = await ask()
    outcome.grown_mib = (after.resident_bytes - before.resident_bytes) / mebibyte
    outcome.logged = after.logged.length
    outcome.heap_mib = (after.heap_bytes - before.heap_bytes) / mebibyte
    outcome.external_mib = (after.external_bytes - before.external_bytes) / mebibyte
    if (after.logged.length > 0) console.log('logged:', JSON.stringify(after.logged[0]))
    server.removeAllListeners('exit')
    server.disconnect()
    await once(server, 'exit')
  }
  return outcome
}

async function sendMany(
  way: ServiceWay,
  rig: Rig,
  requests: number,
  next: () => number,
  outcome: Outcome,
): Promise<void> {
  let left = requests
  const worker = async () => {
    while (left-- > 0 && !outcome.crashed) {
      const body = way.fuzz(next)
      const began_ms = performance.now()
      const { said, status } = await way
        .send(rig, { body })
        .catch(() => ({ said: 'closed' as const, status: 0 }))
      const took_ms = performance.now() - began_ms
      outcome.said[said] = (outcome.said[said] ?? 0) + 1
      outcome.slowest_ms = Math.max(outcome.slowest_ms, took_ms)
      if (took_ms > hang_ms) outcome.hangs++
      if (status >= 500 && status !== 503) outcome.failures++
    }
  }
  await Promise.all(Array.from({ length: Number(values.at_once) }, worker))
}

senders.agent = new http.Agent({ keepAlive: true })
let isBroken = false
const chosen = serviceWays.filter(({ name }) => name.includes(values.way))
for (const way of chosen) {
  const outcome = await attack(way, Number(values.requests), Number(values.seed))
  const { said, slowest_ms, hangs, failures, grown_mib, logged, crashed } = outcome
  const isGood =
    !crashed && hangs === 0 && failures === 0 && logged === 0 && grown_mib < grown_mib_max
  isBroken ||= !isGood
  const figures = [
    `${outcome.requests} requests`,
    JSON.stringify(said),
    `slowest ${slowest_ms.toFixed(0)} ms`,
    `${hangs} hangs`,
    `${failures} answers of 5xx`,
    `${logged} errors logged`,
    `grown ${grown_mib.toFixed(1)} MiB (heap ${outcome.heap_mib.toFixed(1)}, ` +
      `external ${outcome.external_mib.toFixed(1)})`,
    ...(crashed ? ['CRASHED'] : []),
  ]
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${way.name}: ${figures.join(', ')}`)
}
process.exit(isBroken ? 1 : 0)
