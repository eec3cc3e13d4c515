/**
 * Takes the pictures of the README again: `node test/e2e/pictures.ts`, into docs/images. The shop's
 * past holds six minutes of failing payments, so that there is something to look at.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { ensureScreens } from '../../tools/screens.mjs'
import { openStage } from './stage.ts'

const root = join(import.meta.dirname, '../..')
const images = join(root, 'docs/images')
const range = 'from=now-30m&to=now'
/** As long as the told past counts in the delay of arrivals, and a little more. */
const run_ms = 330_000

await ensureScreens()
mkdirSync(images, { recursive: true })
const { stage, close } = await openStage()
try {
  console.log(`the shop runs for ${run_ms / 60_000} minutes first`)
  await new Promise((wake) => setTimeout(wake, run_ms))
  const browser = await chromium.connect(stage.browser)
  const context = await browser.newContext({
    baseURL: stage.demo,
    viewport: { width: 1440, height: 900 },
    storageState: JSON.parse(stage.signedIn),
    reducedMotion: 'reduce',
  })
  await context.addInitScript("localStorage.setItem('crowsnest.theme', 'dark')")
  const page = await context.newPage()
  const failing = encodeURIComponent('service:payment status:error')
  await take(page, 'overview', `/?${range}`)
  await take(page, 'logs', `/logs?${range}&search=${encodeURIComponent('severity >= warn')}`)
  await take(page, 'service-map', `/services?${range}&view=map`)
  await page.goto(`/traces?${range}&search=${failing}`)
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).click()
  await page.getByRole('complementary').waitFor()
  await take(page, 'trace', page.url())
} finally {
  await close()
}

async function take(page: Page, name: string, address: string): Promise<void> {
  await page.goto(address)
  await page.locator('h1').first().waitFor()
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(images, `${name}.png`), animations: 'disabled' })
  console.log(`docs/images/${name}.png`)
}
