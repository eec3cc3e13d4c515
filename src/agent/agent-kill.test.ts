/** Agents are killed, or lose the server, while they work: no line is lost, none comes twice. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killLedger } from '../../test/agent/kill-ledger.ts'
import { partitionLedger } from '../../test/agent/partition-ledger.ts'
import { rotationLedger } from '../../test/agent/rotation-ledger.ts'

async function inDir<Result>(run: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-agent-ledger-'))
  try {
    return await run(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const random = Math.random

test('kill -9, again and again, with the server ending in between', async () => {
  const { output, written, ...ledger } = await inDir((dir) =>
    killLedger({ dir, rounds: 4, random }),
  )
  expect(ledger, output).toMatchObject({ lost: 0, duplicated: 0, stored: written, code: 0 })
}, 60_000)

test('kill -9 of a node’s whole agent while its containers’ logs rotate every 50 ms', async () => {
  const { output, written, ...ledger } = await inDir((dir) =>
    rotationLedger({ dir, rounds: 4, random, life_ms_max: 4_000 }),
  )
  const sound = { lost: 0, duplicated: 0, corrupt: 0, misnamed: 0, dropped: [], code: 0 }
  expect(ledger, output).toMatchObject({ ...sound, stored: written })
}, 180_000)

test('what the kubelet deletes while the agent is away is told', async () => {
  const { output, written, lost, duplicated, stored, dropped } = await inDir((dir) =>
    rotationLedger({ dir, rounds: 3, random, files_max: 4, age_ms_min: 0, away_ms_max: 2_000 }),
  )
  expect({ duplicated, stored }, output).toEqual({ duplicated: 0, stored: written - lost })
  expect(lost).toBeGreaterThan(0)
  expect(dropped.length, output).toBeGreaterThan(0)
}, 180_000)

test('agents without a server for a while come back one by one, with all they have', async () => {
  const options = { agents: 20, partition_s: 4 }
  const { herd, ...ledger } = await inDir((dir) => partitionLedger({ dir, ...options }))
  expect(ledger).toMatchObject({ lost: 0, duplicated: 0, strange: 0, stored: ledger.written })
  // They open as many connections as they may, each agent at a moment of its own.
  expect(herd.data.connections_peak).toBeLessThanOrEqual(herd.data.connections / 2)
}, 180_000)
