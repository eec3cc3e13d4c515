/** Traces: which are slow or fail, what sets them apart, and one of them in full. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { dragged, journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
const list = (page: Page) => page.getByRole('grid', { name: 'Traces' })
const apart = (page: Page) => page.locator('section', { hasText: 'What sets them apart' })
const spanDrawer = (page: Page) => page.getByRole('complementary', { name: 'Span' })
const selectedSpan = (page: Page) => page.getByRole('treeitem', { selected: true })

journey('search narrows the traces', {}, async (page) => {
  await visit(page, `/traces?${hour}`)
  await page.keyboard.press('/')
  await page.keyboard.type('service:checkout status:error')
  await page.keyboard.press('Enter')
  await page.waitForURL(/search=/)
  await settled(page)
  const services = await list(page).locator('a[title^="service "]').allTextContents()
  expect(new Set(services)).toEqual(new Set(['checkout']))
})

journey('a box on the scatter asks what sets its spans apart', {}, async (page) => {
  await visit(page, `/traces?${hour}`)
  const scatter = page.getByRole('img', { name: /^Duration/ })
  await dragged(page, scatter, { from: [0.3, 0.05], to: [0.98, 0.4] })
  await page.waitForURL(/box_from=/)
  await settled(page)
  const rows = apart(page).locator('tbody tr')
  expect(await rows.count()).toBeGreaterThan(2)
  await rows.first().getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Filter for this value' }).click()
  await page.waitForURL((url) => url.searchParams.get('search') !== null)
  expect(queryOf(page).get('box_from')).toBeNull()
})

journey('why do these fail', {}, async (page) => {
  await visit(page, `/traces?${hour}`)
  await page.getByRole('button', { name: 'Why do these fail?' }).click()
  await page.waitForURL(/errors=/)
  await settled(page)
  expect(await apart(page).locator('tbody tr').count()).toBeGreaterThan(2)
  await page.getByRole('button', { name: 'Clear selection' }).click()
  await apart(page).waitFor({ state: 'detached' })
})

journey('more spans than can be drawn are said to be more', {}, async (page) => {
  await visit(page, `/traces?${hour}`)
  await page.getByText(/^Showing [\d,]+ of [\d,]+\./).waitFor()
})

journey('a failing trace: waterfall by keyboard, span, exception and logs', {}, async (page) => {
  const search = encodeURIComponent('service:payment status:error name:charge*')
  await visit(page, `/traces?${hour}&search=${search}`)
  await list(page).getByRole('row').nth(1).getByRole('gridcell').nth(2).click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await settled(page)
  await spanDrawer(page).getByText('Exception').waitFor()
  await spanDrawer(page).getByText('Attributes').waitFor()
  await spanDrawer(page).getByText('k8s.pod.name').waitFor()
  const first = queryOf(page).get('span')
  await page.getByRole('tree', { name: 'Waterfall' }).focus()
  await page.keyboard.press('ArrowUp')
  await page.waitForURL((url) => url.searchParams.get('span') !== first)
  expect(await selectedSpan(page).count()).toBe(1)
  const before = await page.getByRole('treeitem').count()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => page.getByRole('treeitem').count()).toBeLessThan(before)
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => page.getByRole('treeitem').count()).toBe(before)
  await page.getByRole('tab', { name: /^Logs/ }).click()
  await page.getByRole('link', { name: 'Open in Logs' }).first().waitFor()
})

journey('a trace that is not here says why', {}, async (page) => {
  await visit(page, `/traces/${'0'.repeat(31)}1`)
  await page.getByText('This trace is not here').waitFor()
})
