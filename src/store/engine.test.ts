/** What becomes of the engine when its parent is killed; store.test.ts proves its restarts. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { silentLog } from '../../test/store/fixture-store.ts'
import { sql } from './sql.ts'
import { openStore } from './store.ts'

it('a killed parent leaves no engine and no lock behind', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-engine-'))
  const script = `
    const { openStore } = await import(${JSON.stringify(new URL('store.ts', import.meta.url).href)})
    const log = { info() {}, warn() {}, error() {} }
    const store = await openStore({ dir: process.argv[1] }, { log, now_ms: Date.now })
    console.log(store.engine.pid)
    setInterval(() => {}, 1000)`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const pid = await new Promise<number>((resolve, reject) => {
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())))
      parent.once('exit', () => reject(new Error('The parent did not start')))
    })
    expect(pid).toBeGreaterThan(0)
    parent.kill('SIGKILL')
    // Opens at once, although the old engine may still be leaving.
    const store = await openStore({ dir }, { log: silentLog, now_ms: Date.now })
    expect(await store.rows(sql`SELECT count() AS n FROM logs`)).toEqual([{ n: '0' }])
    await store.close()
    expect(isRunning(pid)).toBe(false)
  } finally {
    parent.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  }
})

/** A process that nobody has waited for yet is no longer running. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
