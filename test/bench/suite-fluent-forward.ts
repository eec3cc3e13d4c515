/**
 * The forward protocol: records a CPU-second of server and engine together, from the first byte on
 * the wire until every row is inserted. Records are container logs as Fluent Bit sends them.
 */
import { connect } from 'node:net'
import { sql } from '../../src/store/sql.ts'
import { EventTime, pack, packAll } from '../ingest/ways-fluent-forward.ts'
import { withStore } from './disk.ts'
import { sendAll } from './load.ts'
import { loadAverage } from './processes.ts'
import type { Sender } from './senders.ts'
import type { Figure, Suite, SuiteOptions } from './suite.ts'
import { Target } from './target.ts'

const per_message = 1_000
const records_default = 300_000
const per_second_min = 60_000
const at_once = 4
const pods = 50

type Form = 'Forward' | 'PackedForward'

export const fluentForwardSuite: Suite = {
  name: 'ingest-fluent-forward',
  about: 'Fluent forward: records a CPU-second of server and engine',
  async run(options) {
    const figures: Figure[] = []
    for (const form of ['Forward', 'PackedForward'] as const) {
      figures.push(await measure(form, options))
    }
    return figures
  },
}

function messageOf(form: Form, number: number, now_ms: number): Uint8Array {
  const id = '0123456789abcdef'.repeat(4)
  const pod = `cart-7d9c5b6f4-${String(number % pods).padStart(5, 'b')}`
  const tag = `kube.var.log.containers.${pod}_shop_app-${id}.log`
  const entries = Array.from({ length: per_message }, (_, i) => {
    const time_ms = now_ms - (i % 600) * 1000
    const time = new EventTime(Math.floor(time_ms / 1000), (number * per_message + i) % 1e9)
    const log = JSON.stringify({
      level: i % 20 === 0 ? 'error' : 'info',
      msg: `GET /cart/${i} took ${i % 300}ms`,
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
    })
    const record = { time: new Date(time_ms).toISOString(), stream: 'stdout', _p: 'F', log }
    return form === 'Forward' ? [[time, {}], record] : [time, record]
  })
  const chunk = Buffer.from(`${form} ${number} ${now_ms}`).toString('base64')
  return pack([tag, form === 'Forward' ? entries : packAll(entries), { chunk }])
}

async function measure(form: Form, options: SuiteOptions): Promise<Figure> {
  options.say(`records in ${form} mode`)
  const count = Math.ceil((options.rows ?? records_default) / per_message)
  const now_ms = Date.now()
  const bodies = Array.from({ length: count }, (_, i) => messageOf(form, i, now_ms))
  const records = count * per_message
  const dir = `${options.dir}/${form}`
  const target = await Target.start(dir, [], ['--listen.fluent_forward=127.0.0.1:0'])
  try {
    const senders = Array.from({ length: at_once }, () => sender(target.address('fluent_forward')))
    const free = [...senders]
    const any: Sender = {
      async send(body) {
        const one = free.pop()!
        await one.send(body)
        free.push(one)
      },
      close: () => {
        for (const one of senders) one.close()
      },
    }
    const before = target.cost()
    const load_average = loadAverage()
    const wall_s = await sendAll(bodies, any, at_once)
    await target.settle()
    const total_s = target.cost().total_s - before.total_s
    const server_s = target.cost().server_s - before.server_s
    any.close()
    await target.stop()
    const stored = await withStore(dir, (store) =>
      store.rows<{ own: string; rows: string; example: string }>(
        sql`SELECT mapContains(attributes, 'fluent.tag') AS own, count() AS rows,
          any(body) AS example FROM logs GROUP BY own ORDER BY own DESC`,
      ),
    )
    if (stored.length !== 1 || Number(stored[0]!.rows) !== records) {
      throw new Error(`${records} were acknowledged, stored are ${JSON.stringify(stored)}`)
    }
    return {
      name: `log records a CPU-second, forward ${form}`,
      value: Math.round(records / total_s),
      unit: '/CPU-s',
      target: { at_least: per_second_min },
      details: { records, total_s, server_s, wall_s, load_average },
    }
  } finally {
    await target.stop()
  }
}

/** One connection; a message is sent when the one before it was acknowledged. */
function sender(address: string): Sender {
  const [host, port] = address.split(':') as [string, string]
  const socket = connect({ host, port: Number(port) })
  let answered: (() => void) | undefined
  let failed: ((error: Error) => void) | undefined
  socket.on('data', () => answered?.())
  socket.on('error', (error) => failed?.(error))
  socket.on('close', () => failed?.(new Error('the connection was closed')))
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        answered = resolve
        failed = reject
        socket.write(body)
      }),
    close: () => socket.destroy(),
  }
}
