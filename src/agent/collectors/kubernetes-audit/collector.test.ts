/** The audit file of a control plane: sent line by line as it is, under its data set. */
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogRig, until } from '../../../../test/agent/log-rig.ts'
import type { Running } from '../../collector.ts'
import { kubernetesAudit } from './collector.ts'

let rig: LogRig
let one: Running | undefined
beforeEach(() => {
  rig = new LogRig()
})
afterEach(async () => {
  await one?.stop()
  await rig.end()
}, 30_000)

test('lines go as they are, through a rotation', async () => {
  const file = join(rig.root, 'var/log/kubernetes/audit/audit.log')
  mkdirSync(join(file, '..'), { recursive: true })
  const line = (number: number) =>
    JSON.stringify({ kind: 'Event', auditID: `${number}`, stage: 'ResponseComplete', message: 'm' })
  writeFileSync(file, `${line(1)}\n${line(2)}\n`)
  one = await kubernetesAudit.start(rig.context('kubernetes_audit', {}))
  const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)
  await until('2 lines', () => count() === 2)
  renameSync(file, join(file, '../audit-2026-11-21T04-23-03.256.log'))
  writeFileSync(file, '')
  appendFileSync(file, `${line(3)}\n`)
  await until('3 lines', () => count() === 3)
  expect(rig.sink.bodies()).toEqual([line(1), line(2), line(3)])
  for (const record of rig.sink.records()) {
    expect(record).toMatchObject({
      resource: { 'data_stream.dataset': 'kubernetes.audit_logs', 'host.name': 'node-1' },
      attributes: { 'log.file.path': '/var/log/kubernetes/audit/audit.log' },
    })
  }
  const told = one.coverage()
  expect(told).toMatchObject([{ source: 'kubernetes_audit', state: 'arriving' }])
})

test('where there is no such file it is told, and is no fault', async () => {
  one = await kubernetesAudit.start(rig.context('kubernetes_audit', {}))
  const told = () => one!.coverage()
  await until('told', () => told().length === 1)
  expect(told()).toMatchObject([{ state: 'blind', reason: 'no_file', source: 'kubernetes_audit' }])
  expect(one.health().state).toBe('healthy')
})
