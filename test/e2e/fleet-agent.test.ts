/**
 * A real agent on this machine, steered from the screens alone: it is added with the command that
 * is shown, an integration is removed and added, and it is put out while it sends.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, expect, inject, vi } from 'vitest'
import { journey, settled, visit } from './journey.ts'

// An agent starts, and changes are waited for that may take ten seconds each.
vi.setConfig({ testTimeout: 120_000 })
afterAll(() => vi.resetConfig())

const root = join(import.meta.dirname, '../..')
const tick_ms = 50
const patience = { timeout: 30_000, interval: 100 }

async function post<Answer>(page: Page, path: string, data: unknown): Promise<Answer> {
  const answer = await page.request.post(path, { headers: { 'x-crowsnest': '1' }, data })
  expect([path, answer.status()]).toEqual([path, 200])
  return answer.json()
}

/** A log file that says the time, again and again, and the newest of it that the server has. */
function openTicking(dir: string) {
  const word = `tick${Math.random().toString(36).slice(2, 12)}`
  const path = join(dir, 'ticking.log')
  const tick = () => appendFileSync(path, `${word} ${Date.now()}\n`)
  tick()
  const timer = setInterval(tick, tick_ms)
  const newest_ms = async (page: Page): Promise<number> => {
    const to_ms = Date.now() + 60_000
    const ask = { from_ms: to_ms - 600_000, to_ms, search: word, rows_max: 20 }
    const asked = { question: 'logs.records', ask }
    const { answer } = await post<{ answer: { body: string[] } }>(page, '/api/ask', asked)
    return Math.max(0, ...answer.body.map((body) => Number(body.split(' ')[1])))
  }
  return { path, newest_ms, stop: () => clearInterval(timer) }
}
type Ticking = ReturnType<typeof openTicking>

/** Answers the newest tick once there was no newer one for some seconds. */
async function lastTick_ms(page: Page, { newest_ms }: Ticking): Promise<number> {
  let last_ms = 0
  let since_ms = Date.now()
  await expect
    .poll(async () => {
      const found_ms = await newest_ms(page)
      if (found_ms !== last_ms) since_ms = Date.now()
      last_ms = found_ms
      return Date.now() - since_ms
    }, patience)
    .toBeGreaterThan(4_000)
  return last_ms
}

async function createPolicy(page: Page, path: string): Promise<string> {
  const settings = { log_files: [path], journal: false, metrics: false, processes: false }
  const { id } = await post<{ id: string }>(page, '/api/fleet/policies', {
    name: `Ticking ${Date.now()}`,
    document: { integrations: [{ id: 'host', type: 'host', settings }] },
  })
  return id
}

/** The command of the screen, run in a shell as a person would. */
async function addByCommand(page: Page, policy: string, dir: string) {
  await visit(page, `/agents/add?policy=${policy}`)
  await page.getByRole('button', { name: 'Create token and commands' }).click()
  await page.getByText('Waiting for the first agent to enrol').waitFor()
  const command = (await page.locator('pre').last().textContent()) ?? ''
  expect(command).toContain(inject('stage').otlp)
  const env = { ...process.env, CROWSNEST_AGENT_STATE_DIR: join(dir, 'state') }
  const shell = spawn('sh', ['-c', command], { cwd: root, env, stdio: 'ignore', detached: true })
  return async () => {
    if (shell.exitCode !== null || shell.signalCode !== null) return
    const ended = once(shell, 'exit')
    process.kill(-(shell.pid ?? 0), 'SIGTERM')
    const timer = setTimeout(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'), 12_000)
    await ended
    clearTimeout(timer)
  }
}

function withAgent(walk: (page: Page, ticking: Ticking, policy: string) => Promise<void>) {
  return async (page: Page) => {
    const dir = mkdtempSync(join(tmpdir(), 'crowsnest-journey-'))
    const ticking = openTicking(dir)
    let end = async () => {}
    try {
      const policy = await createPolicy(page, ticking.path)
      end = await addByCommand(page, policy, dir)
      await page.getByText('1 agent enrolled').waitFor(patience)
      await page.getByText('Data received from 1 of 1').waitFor(patience)
      await expect.poll(() => ticking.newest_ms(page), patience).toBeGreaterThan(0)
      await walk(page, ticking, policy)
    } finally {
      ticking.stop()
      await end()
      rmSync(dir, { recursive: true, force: true })
    }
  }
}

journey(
  'an integration is removed and added, and a real agent follows in seconds',
  {},
  withAgent(async (page, ticking, policy) => {
    await visit(page, `/agents/policies/${policy}`)
    await page.getByRole('button', { name: 'Host' }).first().click()
    // How long a row is on its way anyhow, on a machine that does other things too.
    const usual_ms = Date.now() - (await ticking.newest_ms(page))
    const removed_ms = Date.now()
    await page.getByRole('button', { name: 'Remove' }).click()
    const stopped_ms = (await lastTick_ms(page, ticking)) - removed_ms
    console.log(`rows stopped ${stopped_ms} ms after the integration was removed`)
    expect(stopped_ms).toBeLessThan(10_000)

    await page.getByRole('button', { name: 'Add integration' }).first().click()
    const drawer = page.getByRole('complementary')
    await drawer.getByRole('button', { name: /^Host/ }).click()
    await drawer.getByLabel('Log files').fill(ticking.path)
    const added_ms = Date.now()
    await drawer.getByRole('button', { name: 'Add integration' }).click()
    await expect.poll(() => ticking.newest_ms(page), patience).toBeGreaterThan(added_ms)
    const back_ms = Date.now() - added_ms
    console.log(`rows came ${back_ms} ms after it was added; usually ${usual_ms} ms on their way`)
    expect(back_ms).toBeLessThan(10_000 + usual_ms)
  }),
)

journey(
  'an agent that is unenrolled while it sends is not heard from the same second on',
  {},
  withAgent(async (page, ticking) => {
    await page.locator('a[href*="open="]').first().click()
    const drawer = page.getByRole('complementary')
    await drawer.getByRole('button', { name: 'Actions' }).click()
    await settled(page)
    const put_out_ms = Date.now()
    await page.getByRole('menuitem', { name: 'Unenrol: revoke its key' }).click()
    const after_ms = (await lastTick_ms(page, ticking)) - put_out_ms
    console.log(`the last row was written ${after_ms} ms after the agent was unenrolled`)
    expect(after_ms).toBeLessThan(1_000)
  }),
)
