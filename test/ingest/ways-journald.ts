/** The journal's export format and its JSON for the suite of services and streams. */
import { mutated } from './mutate.ts'
import { sendHttp } from './senders.ts'
import type { ServiceSample, ServiceVerdict, ServiceWay } from './service-way.ts'

/** An entry; values of several lines or of bytes have their length before them. */
export function journalEntry(fields: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts: Uint8Array[] = []
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') parts.push(Buffer.from(`${name}=${value}\n`))
    else {
      const length = Buffer.alloc(8)
      length.writeBigUInt64LE(BigInt(value.length))
      parts.push(Buffer.from(`${name}\n`), length, value, Buffer.from('\n'))
    }
  }
  return Buffer.concat([...parts, Buffer.from('\n')])
}

const day_ms = 86_400_000

function entriesOf({ good, old, now_ms }: ServiceSample): Record<string, string>[] {
  return Array.from({ length: good + old }, (_, i) => ({
    __CURSOR: `s=${i}`,
    __REALTIME_TIMESTAMP: `${Math.floor(i < good ? now_ms : now_ms - 15 * day_ms)}000`,
    PRIORITY: '6',
    _PID: '7',
    MESSAGE: `line ${i}`,
  }))
}

const said: Record<number, ServiceVerdict['said']> = {
  200: 'stored',
  401: 'unauthenticated',
  429: 'later',
  503: 'later',
}

const forms = {
  export: {
    type: 'application/vnd.fdo.journal',
    make: (sample: ServiceSample) => Buffer.concat(entriesOf(sample).map(journalEntry)),
  },
  JSON: {
    type: 'application/json',
    make: (sample: ServiceSample) =>
      Buffer.from(
        entriesOf(sample)
          .map((entry) => `${JSON.stringify(entry)}\n`)
          .join(''),
      ),
  },
}

const hostile: ServiceWay['hostile'] = {
  'a value cut off': () => Buffer.from('MESSAGE\n\x05\0\0\0\0\0\0\0abc'),
  'a value of 2^60 bytes': () => Buffer.from('MESSAGE\n\0\0\0\0\0\0\0\x10abc\n\n'),
  'a name and nothing': () => Buffer.from('MESSAGE\n'),
}

export const journaldWays: readonly ServiceWay[] = Object.entries(forms).map(
  ([form, { type, make }]): ServiceWay => ({
    name: `journald ${form}`,
    receiver: 'journald',
    listener: 'otlp_http',
    signal: 'logs',
    table: 'logs',
    kind: 'http',
    hasToken: true,
    encodings: form === 'JSON' ? ['gzip', 'zstd'] : ['gzip'],
    sample: make,
    async send(rig, { body, encoding, token, isUnfinished = false }) {
      const answer = await sendHttp(rig.address('otlp_http'), {
        path: '/ingest/journald',
        headers: {
          'content-type': type,
          ...(encoding && { 'content-encoding': encoding }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        chunks: [body],
        isUnfinished,
      })
      const { rejected = 0 } = JSON.parse(answer.body.toString() || '{}') as { rejected?: number }
      const { status } = answer
      const isPartly = status === 200 && rejected > 0
      const retry_after_s = Number(answer.headers['retry-after'] ?? 0)
      return {
        said: isPartly ? 'partly' : (said[status] ?? 'refused'),
        status,
        rejected,
        retry_after_s,
      }
    },
    hostile: form === 'export' ? hostile : {},
    fuzz: (next) => mutated(make({ good: 3, old: 0, now_ms: 1_700_000_000_000 }), next),
  }),
)
