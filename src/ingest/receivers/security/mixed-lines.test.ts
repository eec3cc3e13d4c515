/** Events between lines that are none, as programs print them, and places that are half known. */
import { expect, test } from 'vitest'
import { decoded, fixture_ms } from '../../../../test/ingest/decode-fixture.ts'
import type { Decode } from '../../receiver.ts'
import { calicoEvent } from '../calico/calico-event.ts'
import { decodeAccessLog } from '../envoy/receiver.ts'
import { falcoEvent } from '../falco/falco-event.ts'
import { tetragonEvent } from '../tetragon/tetragon-event.ts'
import { decodeJson } from './event-service.ts'

const time = new Date(fixture_ms).toISOString()
const alert = JSON.stringify({ rule: 'r', priority: 'Notice', time, output: 'x' })
const access = JSON.stringify({ start_time: time, response_code: 200, method: 'GET', path: '/' })
const text = `[${time}] "GET /x HTTP/1.1" 418 - via_upstream - "-" 0 135 4 4 "-" "c" "8" "a:80" \
"127.0.0.1:80" inbound|80|| 127.0.0.1:4 10.44.1.27:80 10.44.1.23:3 - default`
const falco = decodeJson({ noun: 'alerts', read: falcoEvent })

test('a line that is no event counts once, whatever its words', () => {
  const f = (decode: Decode, lines: readonly string[], accepted: number, rejected: number) =>
    expect(decoded(decode, Buffer.from(lines.join('\n'))).outcome).toMatchObject({
      ...{ accepted, rejected, reasons: { line_malformed: rejected } },
    })
  f(
    falco,
    ['Sat Nov 21: Falco version 0.39 (x86_64)', alert, 'Opening "syscall" source', alert],
    2,
    2,
  )
  f(falco, [`${alert} and more words`, alert], 2, 1)
  const said = '2026-11-21T10:00:00Z info Readiness succeeded in 1s'
  f(decodeAccessLog, [access, text, said, access], 3, 1)
  f(decodeAccessLog, [text, access, said, text], 3, 1)
})

test('sentences of loaders and throttles', () => {
  const decode = decodeJson({ noun: 'events', read: tetragonEvent })
  const f = (event: object, sentence: string) => {
    const body = Buffer.from(JSON.stringify({ ...event, node_name: 'n1', time }))
    expect(decoded(decode, body).rows('logs')).toMatchObject([{ body: sentence }])
  }
  const process = { binary: '/bin/x', pid: 1 }
  f({ process_loader: { process, path: '/lib/x.so' } }, 'x loaded /lib/x.so on n1')
  const cgroup = 'kubepods'
  f(
    { process_throttle: { type: 'THROTTLE_START', cgroup } },
    'events of kubepods are throttled on n1',
  )
  const stop = { type: 'THROTTLE_STOP', cgroup }
  f({ process_throttle: stop }, 'events of kubepods are no longer throttled on n1')
})

test("a flow of Calico belongs to its reporter's workload, of whatever kind that is", () => {
  const decode = decodeJson({ noun: 'flows', list: 'items', read: calicoEvent })
  const f = (dest_name: string, service: string) => {
    const key = { source_name: 'a-*', source_namespace: 'shop', dest_name, dest_namespace: 'shop' }
    const type = { source_type: 'WorkloadEndpoint', dest_type: 'WorkloadEndpoint' }
    const flow = { key: { ...key, ...type, reporter: 'Dst', action: 'Allow' }, start_time: time }
    expect(decoded(decode, Buffer.from(JSON.stringify(flow))).rows('logs')).toMatchObject([
      { service, namespace: 'shop' },
    ])
  }
  f('redis-*', 'redis')
  f('redis-7d9c5b6f4-*', 'redis')
})
