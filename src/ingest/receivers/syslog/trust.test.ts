/** Who may send syslog: it has no place for a token, so the port says it. */
import net from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'

let rig: Rig
afterEach(() => rig.close())

async function send(): Promise<void> {
  const [host, port] = rig.address('syslog').split(':') as [string, string]
  await new Promise<void>((resolve) => {
    const socket = net.connect(Number(port), host, () => socket.end('<11>demo: hello\n'))
    socket.on('error', () => {}).on('close', () => resolve())
  })
}

test('refused in words where senders need tokens', async () => {
  rig = await openRig()
  rig.tokens.set('t', { token_id: 't1', cluster: 'prod' })
  await send()
  expect(rig.segments.rows('logs')).toEqual([])
  await rig.intake.tellRefused()
  const [told] = rig.segments.rows('logs')
  expect(told).toMatchObject({ attributes: { 'crowsnest.reason': 'sender_refused' } })
})

test('taken from whoever reaches a port that is open, as of its cluster', async () => {
  rig = await openRig({ streams: { trusted: new Map([['syslog', { cluster: 'edge' }]]) } })
  rig.tokens.set('t', { token_id: 't1', cluster: 'prod' })
  await send()
  await until('it is stored', () => rig.segments.rows('logs').length === 1)
  expect(rig.segments.rows('logs')[0]).toMatchObject({ body: 'hello', cluster: 'edge' })
})
