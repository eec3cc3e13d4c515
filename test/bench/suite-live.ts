/**
 * Suites under a steady load of log records: how long an acknowledgement takes, how long until a
 * record can be found, and what memory server and engine hold.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { logsRequest, random } from './generate.ts'
import { percentile, sendSteadily } from './load.ts'
import { pause } from './processes.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import { grpcSender, httpSender, type Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const records_per_request = 100
const warm_up_s = 3
const probe_every_ms = 100
const look_every_ms = 25
const rest_s = 30
/** About as many as a group of appends. */
const probe_bytes = 34_000
const disk_probe_every_ms = 20

export const liveSuites: readonly Suite[] = [
  {
    name: 'ack',
    about: 'time to a durable acknowledgement at 20 000 records a second, HTTP and gRPC',
    run: (options) => withTarget(options, (target) => acknowledge(target, options)),
  },
  {
    name: 'freshness',
    about: 'time from sending to finding a record at 10 000 records a second',
    run: (options) => withTarget(options, (target) => freshness(target, options)),
  },
  {
    name: 'footprint',
    about: 'memory at rest, under 10 000 records a second, and at rest again',
    run: (options) => withTarget(options, (target) => footprint(target, options)),
  },
]

async function withTarget(options: SuiteOptions, run: (target: Target) => Promise<Figure[]>) {
  const target = await Target.start(options.dir)
  try {
    return await run(target)
  } finally {
    await target.stop()
  }
}

/** Requests are told apart by their times only; a minute of them is sent again and again. */
function load(records_per_second: number, seconds: number) {
  const r = random(4)
  const count = Math.ceil((records_per_second * seconds) / records_per_request)
  const now_ms = Date.now()
  const distinct = Math.min(count, 4_000)
  const bodies = Array.from({ length: distinct }, () =>
    logsRequest(r, records_per_request, now_ms, 1_000),
  )
  const interval_ms = (1_000 * records_per_request) / records_per_second
  const send = (sender: Sender) =>
    sendSteadily((i) => bodies[i % distinct]!, count, interval_ms, sender)
  return { send }
}

async function acknowledge(target: Target, options: SuiteOptions): Promise<Figure[]> {
  const figures: Figure[] = []
  const warmUp = load(20_000, warm_up_s)
  const steady = load(20_000, options.seconds)
  for (const way of ['gRPC', 'HTTP'] as const) {
    options.say(way)
    const address = target.address(way === 'HTTP' ? 'otlp_http' : 'otlp_grpc')
    const make = way === 'HTTP' ? httpSender : grpcSender
    const sender = make({ address, signal: 'logs', gzip: false })
    await warmUp.send(sender)
    const disk = probeDisk(options.dir)
    const { ack_ms, late_ms_max, wall_s } = await steady.send(sender)
    const disk_ms = await disk.stop()
    sender.close()
    const details = { late_ms_max, wall_s, max_ms: percentile(ack_ms, 1), requests: ack_ms.length }
    figures.push(
      { name: `acknowledged, ${way}, p50`, value: round(percentile(ack_ms, 0.5)), unit: 'ms' },
      {
        name: `acknowledged, ${way}, p99`,
        value: round(percentile(ack_ms, 0.99)),
        unit: 'ms',
        target: { at_most: 50 },
        details,
      },
      {
        name: `write and fdatasync beside it, ${way}, p99`,
        value: round(percentile(disk_ms, 0.99)),
        unit: 'ms',
        details: { p50_ms: percentile(disk_ms, 0.5), times: disk_ms.length },
      },
    )
  }
  return figures
}

/** What the same disk gives this process meanwhile: no acknowledgement can be faster than it. */
function probeDisk(dir: string): { stop: () => Promise<number[]> } {
  let isStopping = false
  const probing = (async () => {
    const file = await open(join(dir, 'probe'), 'w')
    const took_ms: number[] = []
    while (!isStopping) {
      const began_ms = performance.now()
      await file.write(Buffer.alloc(probe_bytes))
      await file.datasync()
      took_ms.push(performance.now() - began_ms)
      await pause(disk_probe_every_ms)
    }
    await file.close()
    return took_ms
  })()
  const stop = () => {
    isStopping = true
    return probing
  }
  return { stop }
}

async function freshness(target: Target, options: SuiteOptions): Promise<Figure[]> {
  await target.signIn()
  const sender = httpSender({ address: target.address('otlp_http'), signal: 'logs', gzip: false })
  await load(10_000, warm_up_s).send(sender)
  const sent = new Map<string, number>()
  const visible_ms: number[] = []
  let isSending = true
  const probing = (async () => {
    for (let i = 0; isSending; i++) {
      const mark = `mark${i}end`
      sent.set(mark, performance.now())
      await sender.send(probe(mark))
      await pause(probe_every_ms)
    }
  })()
  const looking = (async () => {
    const deadline_ms = performance.now() + options.seconds * 1_000 + 20_000
    while ((isSending || sent.size > 0) && performance.now() < deadline_ms) {
      for (const mark of await found(target)) {
        const sent_ms = sent.get(mark)
        if (sent_ms === undefined) continue
        visible_ms.push(performance.now() - sent_ms)
        sent.delete(mark)
      }
      await pause(look_every_ms)
    }
  })()
  const { late_ms_max } = await load(10_000, options.seconds).send(sender)
  isSending = false
  await Promise.all([probing, looking])
  sender.close()
  if (sent.size > 0) throw new Error(`${sent.size} records never became visible`)
  const details = { probes: visible_ms.length, late_ms_max, max_ms: percentile(visible_ms, 1) }
  return [
    { name: 'sent to visible, p50', value: round(percentile(visible_ms, 0.5)), unit: 'ms' },
    {
      name: 'sent to visible, p99',
      value: round(percentile(visible_ms, 0.99)),
      unit: 'ms',
      target: { at_most: 1_500 },
      details,
    },
  ]
}

/** One record of a service of its own, with a mark as its body. */
function probe(mark: string): Uint8Array {
  const writer = new ProtobufWriter()
  writer.message(1, () => {
    writer.message(1, () => writer.attribute(1, 'service.name', 'bench-probe'))
    writer.message(2, () => {
      writer.message(2, () => {
        writer.fixed64(1, BigInt(Date.now()) * 1_000_000n)
        writer.message(5, () => writer.string(1, mark))
      })
    })
  })
  return writer.take()
}

async function found(target: Target): Promise<string[]> {
  const to_ms = Date.now() + 1_000
  const ask = { from_ms: to_ms - 60_000, to_ms, search: 'service:bench-probe', rows_max: 100 }
  const { body } = await target.ask<{ body: string[] }>('logs.records', ask)
  return body
}

async function footprint(target: Target, options: SuiteOptions): Promise<Figure[]> {
  await pause(10_000)
  const rest = target.memory()
  const before = target.cost()
  await pause(10_000)
  const idle_cpu = (target.cost().total_s - before.total_s) / 10
  const sender = httpSender({ address: target.address('otlp_http'), signal: 'logs', gzip: false })
  const steady = load(10_000, options.seconds)
  let peak_mb = 0
  const timer = setInterval(() => {
    peak_mb = Math.max(peak_mb, target.memory().rss_mb)
  }, 250)
  const began = target.cost()
  await steady.send(sender)
  const busy_cpu = (target.cost().total_s - began.total_s) / options.seconds
  clearInterval(timer)
  const loaded = target.memory()
  sender.close()
  await pause(rest_s * 1_000)
  const rested = target.memory()
  return [
    figure('memory at rest after a start', rest.rss_mb, 450, { ...rest }),
    figure('memory under 10 000 records/s, highest', peak_mb, 1_200, { ...loaded }),
    { name: `memory at rest ${rest_s} s later`, value: rested.rss_mb, unit: 'MB', details: rested },
    { name: 'CPUs in use at rest', value: round(idle_cpu), unit: 'CPU' },
    { name: 'CPUs in use under 10 000 records/s', value: round(busy_cpu), unit: 'CPU' },
  ]
}

function figure(name: string, value: number, at_most: number, details: Record<string, unknown>) {
  return { name, value, unit: 'MB', target: { at_most }, details }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
