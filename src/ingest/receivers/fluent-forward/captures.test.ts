/** What an unmodified Fluent Bit sent, in four modes: every record, text by text. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'

const folder = new URL('../../../../../shared/testdata/fluent-bit/', import.meta.url)
const isHere = existsSync(folder)
const captures = {
  plain: 'forward-plain.forward-1.bin',
  'integer time': 'forward-integer-time.forward-1.bin',
  gzip: 'forward-gzip.forward-1.bin',
  ack: 'forward-ack.forward-1.bin',
}

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
  rig.clock.advance(Date.UTC(2026, 10, 21, 12) - rig.clock.now_ms())
})
afterEach(() => rig.close())

describe.skipIf(!isHere)('Fluent Bit (recorded in ../shared/testdata/fluent-bit)', () => {
  test.each(Object.entries(captures))('%s', async (name, file) => {
    const bytes = readFileSync(new URL(file, folder))
    const [host, port] = rig.address('fluent_forward').split(':') as [string, string]
    const socket = net.connect({ host, port: Number(port) })
    let answered = Buffer.alloc(0)
    socket.on('data', (piece: Buffer) => {
      answered = Buffer.concat([answered, piece])
    })
    // In pieces, as networks do.
    for (let at = 0; at < bytes.length; at += 1000) socket.write(bytes.subarray(at, at + 1000))
    await until('43 records', () => rig.segments.rows('logs').length >= 43, 20_000)
    if (name === 'ack') await until('the ack', () => answered.length > 0, 20_000)
    socket.destroy()
    const rows = rig.segments.rows('logs')
    expect(rows).toHaveLength(43)
    expect(rig.counters.records()).toMatchObject([{ accepted: 43, rejected: {} }])
    const tag = /kube\.var\.log\.containers\.([^_]+)_([^_]+)_(.+)-([0-9a-f]{64})\.log/.exec(
      (rows[0]!.attributes as Record<string, string>)['fluent.tag']!,
    )!
    const [, pod, namespace, container, id] = tag
    for (const row of rows) {
      expect(row).toMatchObject({ namespace, pod, container })
      expect(row.resource_attributes ?? {}).toMatchObject({})
    }
    expect(id).toHaveLength(64)
    expect(rows.map(({ body }) => body)).toEqual(textsOf(`${pod}_`))
    if (name === 'ack') expect(String(answered)).toContain('ack')
    else expect(answered).toHaveLength(0)
  })
})

test.skipIf(isHere)('the recorded streams are not here: ../shared/testdata/fluent-bit', () => {})

/** The lines of the log file as people read them: partial lines joined, JSON's message alone. */
function textsOf(prefix: string): string[] {
  const logs = new URL('logs/', folder)
  const file = readdirSync(logs).find((name) => name.startsWith(prefix))!
  const texts: string[] = []
  let partial = ''
  for (const line of readFileSync(new URL(file, logs), 'utf8').trimEnd().split('\n')) {
    const [, , flag] = line.split(' ', 3)
    const text = line.split(' ').slice(3).join(' ')
    if (flag === 'P') {
      partial += text
      continue
    }
    const whole = partial + text
    partial = ''
    texts.push(whole.startsWith('{') ? (JSON.parse(whole) as { msg: string }).msg : whole)
  }
  return texts
}
