/** Files of sensors: sent line by line as they are, each under its data set, through a rotation. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogRig, until } from '../../../test/agent/log-rig.ts'
import { type EventLineKind, eventLinesOf } from '../../model/event-lines.ts'
import type { Running } from '../collector.ts'
import { calico } from './calico/collector.ts'
import type { EventFilesType } from './event-files.ts'
import { falco } from './falco/collector.ts'
import { hubble } from './hubble/collector.ts'
import { tetragon } from './tetragon/collector.ts'

let rig: LogRig
let running: Running[] = []
beforeEach(() => {
  rig = new LogRig()
})
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
  await rig.end()
}, 30_000)

type Sensor = Exclude<EventFilesType, 'kubernetes_audit'>
const starts: Readonly<Record<Sensor, () => Promise<Running>>> = {
  falco: () => falco.start(rig.context('falco', {})),
  tetragon: () => tetragon.start(rig.context('tetragon', {})),
  hubble: () => hubble.start(rig.context('hubble', {})),
  calico: () => calico.start(rig.context('calico', {})),
}

const facts: readonly (readonly [type: Sensor, path: string, kind: EventLineKind])[] = [
  ['falco', 'var/log/falco/events.json', 'falco'],
  ['tetragon', 'var/run/cilium/tetragon/tetragon.log', 'tetragon'],
  ['hubble', 'var/run/cilium/hubble/events.log', 'hubble'],
  ['calico', 'var/log/calico/flowlogs/flows.log', 'calico'],
]

test('each sends its own files', async () => {
  const line = (type: string, number: number) => JSON.stringify({ type, number, message: 'm' })
  const fileOf = (path: string) => join(rig.root, path)
  for (const [type, path] of facts) {
    mkdirSync(dirname(fileOf(path)), { recursive: true })
    writeFileSync(fileOf(path), `${line(type, 1)}\n${line(type, 2)}\n`)
  }
  running = await Promise.all(facts.map(([type]) => starts[type]()))
  const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)
  await until('2 lines of each', () => count() === 8)
  for (const [type, path] of facts) {
    renameSync(fileOf(path), `${fileOf(path)}.1`)
    writeFileSync(fileOf(path), '')
    appendFileSync(fileOf(path), `${line(type, 3)}\n`)
  }
  await until('3 lines of each', () => count() === 12)
  for (const [at, [type, path, kind]] of facts.entries()) {
    const records = rig.sink
      .records()
      .filter(({ attributes }) => attributes['log.file.path'] === `/${path}`)
    expect(records.map(({ body }) => body)).toEqual([1, 2, 3].map((number) => line(type, number)))
    for (const { resource } of records) {
      expect(eventLinesOf((name) => String(resource[name] ?? ''))).toBe(kind)
      expect(resource['service.name']).toBe(type)
    }
    expect(running[at]!.coverage()).toMatchObject([{ source: type, state: 'arriving' }])
  }
})

test('where there is no such file it is told, and is no fault', async () => {
  const one = await starts.tetragon()
  running = [one]
  const told = () => one.coverage()
  await until('told', () => told().length === 1)
  expect(told()).toMatchObject([{ state: 'blind', reason: 'no_file', source: 'tetragon' }])
  expect(one.health().state).toBe('healthy')
})
