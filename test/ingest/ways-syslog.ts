/** Syslog over TCP for the suite of protocols with answers of their own, and for the fuzzer. */
import net from 'node:net'
import { mutated } from './mutate.ts'
import type { Rig } from './rig.ts'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

const day_ms = 86_400_000

function messagesOf({ good, old, now_ms }: ServiceSample): string[] {
  return Array.from({ length: good + old }, (_, i) => {
    const time = new Date(i < good ? now_ms : now_ms - 15 * day_ms).toISOString()
    return `<134>1 ${time} web-1 app ${i} ID${i} [a@1 k="v"] line ${i}`
  })
}

const forms = {
  // A last line that is cut off is still a line: the last message says its length.
  lines: (sample: ServiceSample) =>
    messagesOf(sample).map((text, i, all) =>
      i < all.length - 1 ? `${text}\n` : `${text.length} ${text}`,
    ),
  counted: (sample: ServiceSample) => messagesOf(sample).map((text) => `${text.length} ${text}`),
}

/** The protocol has no answer: what the server takes before it closes its side is taken. */
function send(rig: Rig, { body, isUnfinished }: ServiceLetter): Promise<ServiceVerdict> {
  const [host, port] = rig.address('syslog').split(':') as [string, string]
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), allowHalfOpen: true })
    const before = refusalsOf(rig)
    const end = () => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ said: refusalsOf(rig) > before ? 'closed' : 'stored', status: 0 })
    }
    const timer = setTimeout(end, isUnfinished ? 1_000 : 20_000)
    socket.on('error', end).on('end', end).resume()
    socket.write(body, () => {})
    if (!isUnfinished) socket.end()
  })
}

function refusalsOf(rig: Rig): number {
  const listener = rig.counters.listeners().find(({ listener }) => listener === 'syslog')
  return Object.values(listener?.refused ?? {}).reduce((sum, count) => sum + count, 0)
}

const hostile: ServiceWay['hostile'] = {
  'a length that is not there': () => Buffer.from('500 <13>short'),
  'a length of megabytes': () => Buffer.from('999999999 <13>x'),
}

export const syslogWays: readonly ServiceWay[] = Object.entries(forms).map(
  ([form, make]): ServiceWay => ({
    name: `syslog ${form}`,
    receiver: 'syslog',
    listener: 'syslog',
    signal: 'logs',
    table: 'logs',
    kind: 'stream',
    hasToken: false,
    encodings: [],
    sample: (sample) => Buffer.from(make(sample).join('')),
    send,
    hostile: form === 'counted' ? hostile : {},
    fuzz: (next) =>
      mutated(Buffer.from(make({ good: 3, old: 0, now_ms: 1_700_000_000_000 }).join('')), next),
  }),
)
