/** The forward protocol for the suite of services and streams, and for the fuzzer. */
import net from 'node:net'
import { decode, Encoder, ExtensionCodec } from '@msgpack/msgpack'
import type { Rig } from './rig.ts'
import type { ServiceLetter, ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

/** Seconds and nanoseconds, as extension 0. */
export class EventTime {
  readonly seconds: number
  readonly nanoseconds: number

  constructor(seconds: number, nanoseconds: number) {
    this.seconds = seconds
    this.nanoseconds = nanoseconds
  }
}

const extensionCodec = new ExtensionCodec()
extensionCodec.register({
  type: 0,
  encode(value: unknown) {
    if (!(value instanceof EventTime)) return null
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32BE(value.seconds)
    bytes.writeUInt32BE(value.nanoseconds, 4)
    return bytes
  },
  decode: (bytes) => bytes,
})
const encoder = new Encoder({ extensionCodec })

export const pack = (value: unknown): Uint8Array => encoder.encode(value)
export const packAll = (values: readonly unknown[]): Uint8Array => Buffer.concat(values.map(pack))

const day_s = 86_400
let chunks = 0

function entriesOf({ good, old, now_ms }: ServiceSample): unknown[] {
  const now_s = Math.floor(now_ms / 1000)
  return Array.from({ length: good + old }, (_, i) => [
    new EventTime(i < good ? now_s : now_s - 15 * day_s, i),
    { log: `line ${i}`, stream: 'stdout', kubernetes: { pod_name: 'web-0', labels: { a: 'b' } } },
  ])
}

type Form = 'Message' | 'Forward' | 'PackedForward'

function messageOf(form: Form, sample: ServiceSample): Uint8Array {
  const entries = entriesOf(sample)
  const options = () => ({ chunk: Buffer.from(`chunk ${++chunks}`).toString('base64') })
  if (form === 'Forward') return pack(['app.web', entries, options()])
  if (form === 'PackedForward') return pack(['app.web', packAll(entries), options()])
  return packAll(
    (entries as [unknown, unknown][]).map(([time, record]) => ['app.web', time, record, options()]),
  )
}

/** Sends and waits for as many acknowledgements as there are messages with a chunk. */
export function sendForward(
  rig: Rig,
  { body, isUnfinished }: ServiceLetter,
  acks: number,
): Promise<ServiceVerdict> {
  const [host, port] = rig.address('fluent_forward').split(':') as [string, string]
  return new Promise((resolve) => {
    const socket = net.connect({ host, port: Number(port), allowHalfOpen: true })
    let got = Buffer.alloc(0)
    const end = (said: ServiceVerdict['said']) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ said, status: 0 })
    }
    const timer = setTimeout(() => end('closed'), isUnfinished ? 1_000 : 20_000)
    socket.on('error', () => end('closed'))
    socket.on('close', () => end('closed'))
    socket.on('end', () => end(got.length > 0 && countOf(got) >= acks ? 'stored' : 'closed'))
    socket.on('data', (bytes: Buffer) => {
      got = Buffer.concat([got, bytes])
      if (acks > 0 && countOf(got) >= acks) end('stored')
    })
    socket.write(body, () => {})
    if (!isUnfinished) socket.end()
  })
}

/** Acknowledgements are maps of one member. */
function countOf(bytes: Buffer): number {
  return bytes.filter((byte) => byte === 0x81).length
}

/** What the acknowledgement says. */
export function readAck(bytes: Uint8Array): unknown {
  return (decode(bytes) as { ack?: unknown }).ack
}

const hostile: ServiceWay['hostile'] = {
  'a byte that is no value': () => Uint8Array.of(0xc1, 0xc1),
  'a text that says 4 GiB': () => Uint8Array.of(0xdb, 0xff, 0xff, 0xff, 0xff, 1),
  'an array that says 4 G items': () => Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff, 1),
  'a map that says 4 G members': () => Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff, 1),
  'a million open arrays': () => new Uint8Array(200_000).fill(0x91),
  'a tag that is a number': () => pack([7, 1, { log: 'x' }]),
  'a record that is a text': () => pack(['app', 1_700_000_000, 'text']),
  'a time that is a text': () => pack(['app', [['now', { log: 'x' }]]]),
  'entries that are numbers': () => pack(['app', [1, 2, 3]]),
  'packed entries of another kind': () => pack(['app', Buffer.from('GET / HTTP/1.1\r\n\r\n')]),
  'gzip that is none': () => pack(['app', Buffer.from('text'), { compressed: 'gzip' }]),
  'zstd that is none': () => pack(['app', Buffer.from('text'), { compressed: 'zstd' }]),
  'a compression nobody knows': () => pack(['app', Buffer.from('text'), { compressed: 'lz4' }]),
  metrics: () => pack(['m', Buffer.from('x'), { fluent_signal: 1 }]),
  'JSON that is none': () => Buffer.from('["app", 1, {"log": tru}]'),
  'a request of HTTP': () => Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'),
  'a greeting of TLS': () => Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3),
}

/** Well-formed streams, changed streams and made up ones. */
export function fuzzForward(next: () => number): Uint8Array {
  const whole = fuzzSeed(next)
  const kind = next()
  if (kind < 0.1) return whole
  const bytes = Buffer.from(whole)
  for (let changes = 1 + Math.floor(next() * 8); changes > 0; changes--) {
    const at = Math.floor(next() * bytes.length)
    bytes[at] = next() < 0.5 ? Math.floor(next() * 256) : 0xc0 + Math.floor(next() * 0x20)
  }
  return kind < 0.7 ? bytes : bytes.subarray(0, Math.floor(next() * bytes.length))
}

function fuzzSeed(next: () => number): Uint8Array {
  const seconds = 1_700_000_000
  const forms = ['Message', 'Forward', 'PackedForward'] as const
  const roll = Math.floor(next() * 6)
  const sample = { good: 1 + Math.floor(next() * 4), old: 0, now_ms: seconds * 1000 }
  if (roll < 3) return messageOf(forms[roll]!, sample)
  if (roll === 3) return pack(['t', [[[new EventTime(seconds, 1), { a: 1 }], { a: [1, [2]] }]]])
  if (roll === 4) return Buffer.from('["t",1700000000,{"log":"x"}]["t",[[1,{}]]]')
  return Uint8Array.from({ length: 1 + Math.floor(next() * 200) }, () => Math.floor(next() * 256))
}

const forms: readonly Form[] = ['Message', 'Forward', 'PackedForward']

export const forwardWays: readonly ServiceWay[] = forms.map((form) => ({
  name: `forward ${form}`,
  receiver: 'fluent_forward',
  listener: 'fluent_forward',
  signal: 'logs',
  table: 'logs',
  kind: 'stream',
  hasToken: false,
  encodings: [],
  sample: (sample) => messageOf(form, sample),
  send: (rig, letter) => sendForward(rig, letter, acksOf(letter.body)),
  hostile: form === 'Forward' ? hostile : {},
  fuzz: fuzzForward,
}))

/** Bodies of these ways name a chunk in every message. */
function acksOf(body: Uint8Array): number {
  return Math.max(1, Buffer.from(body).toString('latin1').split('chunk').length - 1)
}
