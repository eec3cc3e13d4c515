/**
 * One journey: a signed-in page of its own on the demo's server, watched while it is used. Errors
 * on the console, requests to other hosts and answers that the journey did not expect fail it.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { expect, inject, test } from 'vitest'

export type Theme = 'light' | 'dark'

export type JourneyOptions = {
  /** Whose pages: the demo's by default; the fresh server's has nobody signed in. */
  on?: 'demo' | 'fresh'
  size?: { width: number; height: number }
  theme?: Theme
  language?: 'en' | 'ko' | 'es'
  /** Statuses of refused requests that belong to the journey. */
  refusals?: readonly number[]
  signedOut?: boolean
}

export const results = join(import.meta.dirname, '../../test-results/screens')
export const desk = { width: 1280, height: 800 }

let browser: Promise<Browser> | undefined

function theBrowser(): Promise<Browser> {
  browser ??= chromium.connect(inject('stage').browser)
  return browser
}

export function journey(
  name: string,
  options: JourneyOptions,
  walk: (page: Page) => Promise<void>,
): void {
  test(name, async () => {
    const { page, wrongs, close } = await openPage(options)
    try {
      await walk(page)
      expect(wrongs).toEqual([])
    } catch (error) {
      mkdirSync(results, { recursive: true })
      const file = `failed ${name.replace(/[^\w ]+/g, '')}.png`
      await page.screenshot({ path: join(results, file) }).catch(() => undefined)
      const seen = [`at ${page.url()}`, `picture: test-results/screens/${file}`, ...wrongs]
      throw new Error(`${error instanceof Error ? error.message : error}\n${seen.join('\n')}`, {
        cause: error,
      })
    } finally {
      await close()
    }
  })
}

async function openPage(options: JourneyOptions) {
  const stage = inject('stage')
  const isFresh = options.on === 'fresh'
  const own = isFresh ? stage.fresh.url : stage.demo
  const isSignedIn = !isFresh && options.signedOut !== true
  const context = await (await theBrowser()).newContext({
    baseURL: own,
    viewport: options.size ?? desk,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    ...(isSignedIn ? { storageState: JSON.parse(stage.signedIn) } : {}),
  })
  context.setDefaultTimeout(10_000)
  const { theme = 'dark', language = 'en' } = options
  await context.addInitScript(
    (kept) => {
      for (const [key, value] of Object.entries(kept)) {
        if (localStorage.getItem(key) === null) localStorage.setItem(key, value)
      }
    },
    { 'crowsnest.theme': theme, 'crowsnest.language': language },
  )
  const page = await context.newPage()
  const wrongs = watch(page, own, options.refusals ?? [])
  return { page, wrongs, close: () => context.close() }
}

function watch(page: Page, own: string, refusals: readonly number[]): string[] {
  const wrongs: string[] = []
  page.on('pageerror', (error) => wrongs.push(`thrown: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    // The browser reports every refused request as well; those are counted below, by status.
    const isReport = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isReport) wrongs.push(`console: ${message.text()}`)
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status < 400 || refusals.includes(status)) return
    wrongs.push(`${status} from ${response.url()} ${response.request().postData() ?? ''}`)
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    const isOwn = origin === own || protocol === 'data:' || protocol === 'blob:'
    if (!isOwn) wrongs.push(`a request to another host: ${request.url()}`)
  })
  return wrongs
}

/** What a panel shows while it waits for an answer. */
const waiting = '[aria-busy="true"], [role="status"][aria-label="Loading"]'

/** Opens an address of the product and waits until every panel has its answer. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.locator(waiting).first().waitFor({ state: 'detached' })
}

/** The address's own query, as one reads it in the address bar. */
export function queryOf(page: Page): URLSearchParams {
  return new URL(page.url()).searchParams
}

type Place = readonly [x: number, y: number]

/** Presses, moves and lets go; places are shares of the element's width and height. */
export async function dragged(
  page: Page,
  target: Locator,
  way: { from: Place; to: Place },
): Promise<void> {
  await target.scrollIntoViewIfNeeded()
  const box = await target.boundingBox()
  if (box === null) throw new Error('what should be dragged over is not on the screen')
  const at = ([x, y]: Place) => [box.x + box.width * x, box.y + box.height * y] as const
  await page.mouse.move(...at(way.from))
  await page.mouse.down()
  await page.mouse.move(...at(way.to), { steps: 5 })
  await page.mouse.up()
}
