/**
 * What all journeys share: Chromium, a server with the demo shop and an administrator, and a fresh
 * server that nobody has opened yet. Journeys begin when the shop's past has been told.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserServer, chromium, request } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { type ServerProcess, startServer } from './server-process.ts'

/** The administrator of the demo's server. */
export const admin = { name: 'admin', password: 'a lantern over the harbour' }

export type Stage = {
  browser: string
  demo: string
  otlp: string
  /** For kubectl, in the demo's cluster. */
  kubeconfig: string
  /** Cookies of a signed-in administrator. */
  signedIn: string
  fresh: { url: string; setup_url: string }
}

declare module 'vitest' {
  export interface ProvidedContext {
    stage: Stage
  }
}

/** The shell is Chromium without windows, and draws a page for half of the CPU. */
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const past_ms_max = 60_000

let opened: { stage: Stage; close: () => Promise<void> } | undefined

export async function setup(project: TestProject): Promise<void> {
  opened = await openStage()
  project.provide('stage', opened.stage)
}

export async function teardown(): Promise<void> {
  await opened?.close()
}

export async function openStage(): Promise<{ stage: Stage; close: () => Promise<void> }> {
  const starting = [startServer({ demo: true }), startServer({ demo: false }), launch()] as const
  const started = await Promise.allSettled(starting)
  const close = async () => {
    const [demo, fresh, browser] = await Promise.allSettled(starting)
    const running = [demo, fresh].flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
    await Promise.all(running.map((server) => server.stop()))
    if (browser.status === 'fulfilled') await browser.value.close()
  }
  const failed = started.find((one) => one.status === 'rejected')
  if (failed !== undefined) {
    await close()
    throw failed.reason
  }
  const [demo, fresh, browser] = await Promise.all(starting)
  const signedIn = await firstAdministrator(demo)
  await untilPastIsTold(demo.url, signedIn)
  const { url, setup_url } = fresh
  return {
    stage: {
      browser: browser.wsEndpoint(),
      demo: demo.url,
      otlp: demo.otlp,
      kubeconfig: join(demo.dir, 'demo', 'demo', 'kubeconfig'),
      signedIn,
      fresh: { url, setup_url },
    },
    close,
  }
}

function launch(): Promise<BrowserServer> {
  const quiet = ['background-networking', 'component-update', 'sync', 'quic', 'gpu']
  return chromium.launchServer({
    executablePath: process.env.CHROMIUM ?? browsers.find(existsSync) ?? browsers[1]!,
    args: [
      '--headless',
      '--no-sandbox',
      '--no-first-run',
      ...quiet.map((one) => `--disable-${one}`),
    ],
  })
}

async function firstAdministrator({ url, setup_url }: ServerProcess): Promise<string> {
  const token = new URL(setup_url).hash.slice(1)
  const client = await request.newContext({
    baseURL: url,
    extraHTTPHeaders: { 'x-crowsnest': '1' },
  })
  const answer = await client.post('/api/setup', { data: { token, ...admin } })
  if (!answer.ok()) throw new Error(`setup was refused: ${await answer.text()}`)
  const state = JSON.stringify(await client.storageState())
  await client.dispose()
  return state
}

/** The shop tells its last forty minutes in some seconds; the map's edges come last. */
async function untilPastIsTold(url: string, signedIn: string): Promise<void> {
  const client = await request.newContext({
    baseURL: url,
    storageState: JSON.parse(signedIn),
    extraHTTPHeaders: { 'x-crowsnest': '1' },
  })
  const end_ms = Date.now() + past_ms_max
  let edges = 0
  while (edges < 25) {
    if (Date.now() > end_ms) throw new Error(`the demo shop shows ${edges} connections, not 25`)
    await new Promise((wake) => setTimeout(wake, 250))
    const to_ms = Date.now()
    const ask = { from_ms: to_ms - 3_600_000, to_ms }
    const answer = await client.post('/api/ask', { data: { question: 'services.map', ask } })
    if (answer.ok()) edges = (await answer.json()).answer.service.length
  }
  await client.dispose()
}
