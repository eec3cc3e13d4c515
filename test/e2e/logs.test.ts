/** Logs: finding records, looking closer, following what arrives. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { dragged, journey, queryOf, settled, visit } from './journey.ts'
import { sendLog } from './otlp.ts'

const hour = 'from=now-1h&to=now'
const records = (page: Page) => page.getByRole('grid', { name: 'Records' })
const searchBar = (page: Page) => page.getByRole('combobox', { name: 'Search' })
const drawer = (page: Page) => page.getByRole('complementary', { name: 'Record' })

journey('typing completes a field and its value, Enter runs', {}, async (page) => {
  await visit(page, `/logs?${hour}`)
  await page.keyboard.press('/')
  await page.keyboard.type('servi')
  await page.getByRole('option', { name: 'service', exact: false }).first().waitFor()
  await page.keyboard.press('Tab')
  expect(await searchBar(page).inputValue()).toBe('service:')
  await page.getByRole('option', { name: /^checkout/ }).click()
  await page.keyboard.press('Enter')
  await settled(page)
  expect(queryOf(page).get('search')).toBe('service:checkout')
  await page.getByRole('list', { name: 'Filters' }).getByText('checkout').waitFor()
  const services = await records(page).locator('a[title^="service "]').allTextContents()
  expect(new Set(services)).toEqual(new Set(['checkout']))
})

journey('searched words are marked in the lines', {}, async (page) => {
  await visit(page, `/logs?${hour}&search=cart`)
  await records(page).locator('mark').first().waitFor()
  expect((await records(page).locator('mark').first().textContent())?.toLowerCase()).toBe('cart')
})

journey('dragging over the histogram narrows the range, Back widens it', {}, async (page) => {
  await visit(page, `/logs?${hour}`)
  const chart = page.getByRole('figure', { name: /records/ }).locator('.u-over')
  await dragged(page, chart, { from: [0.5, 0.5], to: [0.75, 0.5] })
  await page.waitForURL((url) => /^\d+$/.test(url.searchParams.get('from') ?? ''))
  const length_ms = Number(queryOf(page).get('to')) - Number(queryOf(page).get('from'))
  expect(length_ms).toBeGreaterThan(10 * 60_000)
  expect(length_ms).toBeLessThan(20 * 60_000)
  await settled(page)
  await page.goBack()
  expect(queryOf(page).get('from')).toBe('now-1h')
})

journey('the field list filters for a value and filters one out', {}, async (page) => {
  await visit(page, `/logs?${hour}`)
  await page.getByRole('button', { name: 'warn', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Filter out this value' }).click()
  await page.waitForURL(/search=/)
  expect(queryOf(page).get('search')).toBe('not severity:warn')
  await settled(page)
  await page.getByRole('button', { name: 'cart', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Filter for this value' }).click()
  await page.waitForURL(/service/)
  expect(queryOf(page).get('search')).toBe('not severity:warn and service:cart')
  await settled(page)
  await page.getByRole('button', { name: /^Remove severity/ }).click()
  await page.waitForURL((url) => url.searchParams.get('search') === 'service:cart')
})

journey('a record opens beside the list, by address too', {}, async (page) => {
  await visit(page, `/logs?${hour}&search=severity:error service:checkout`)
  await records(page).getByRole('row').nth(1).getByText('error', { exact: true }).click()
  await drawer(page).getByText('Lines around it').waitFor()
  await settled(page)
  const shown = await drawer(page).locator('pre').textContent()
  await page.reload()
  await settled(page)
  await drawer(page).locator('pre').waitFor()
  expect(await drawer(page).locator('pre').textContent()).toBe(shown)
  const around = drawer(page).getByRole('listitem')
  expect(await around.count()).toBeGreaterThan(2)
  expect(await drawer(page).locator('button[aria-current="true"]').count()).toBe(1)
  const open = queryOf(page).get('open')
  await page.keyboard.press('j')
  await page.waitForURL((url) => url.searchParams.get('open') !== open)
  await page.keyboard.press('Escape')
  await drawer(page).waitFor({ state: 'detached' })
  expect(queryOf(page).get('open')).toBeNull()
})

journey('a record leads to its trace', {}, async (page) => {
  await visit(page, `/logs?${hour}&search=${encodeURIComponent('service:checkout trace_id:*')}`)
  await records(page).getByRole('link', { name: 'Open trace' }).first().click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByRole('tree', { name: 'Waterfall' }).getByRole('treeitem').first().waitFor()
})

journey('scrolling to the end loads more', {}, async (page) => {
  await visit(page, `/logs?${hour}`)
  const rows = async () => Number(await records(page).getAttribute('aria-rowcount'))
  const before = await rows()
  expect(before).toBeGreaterThan(400)
  await records(page).focus()
  await page.keyboard.press('End')
  await expect.poll(rows, { timeout: 10_000 }).toBeGreaterThan(before)
})

journey('patterns group the lines, and open their records', {}, async (page) => {
  await visit(page, `/logs?${hour}`)
  await page.getByRole('button', { name: 'Patterns' }).click()
  const patterns = page.getByRole('grid', { name: 'Patterns' })
  await patterns.getByRole('row').nth(1).waitFor()
  await settled(page)
  await patterns.getByRole('row').nth(1).getByRole('gridcell').nth(1).click()
  await records(page).getByRole('row').nth(1).waitFor()
  expect(queryOf(page).get('search')).toContain('template_id')
})

journey('live tail shows a line as it arrives', {}, async (page) => {
  const word = `lantern${Date.now()}`
  await visit(page, `/logs?${hour}&search=${word}`)
  await page.getByText('No record matches').waitFor()
  await page.getByRole('button', { name: 'Live tail' }).click()
  await page
    .getByText(/Nothing has arrived since|Following/)
    .first()
    .waitFor()
  await sendLog(`the ${word} is lit`)
  await page.getByRole('grid', { name: 'Live tail' }).getByText(word).first().waitFor()
})

journey(
  'a search that cannot be read is underlined, with a remedy',
  { refusals: [400] },
  async (page) => {
    await visit(page, `/logs?${hour}`)
    await searchBar(page).fill('service:checkout and (severity:')
    await page.keyboard.press('Enter')
    const alert = page.locator('search').getByRole('alert')
    await alert.waitFor()
    expect((await alert.textContent())?.length).toBeGreaterThan(20)
    expect(await searchBar(page).getAttribute('aria-invalid')).toBe('true')
  },
)

journey('a field that is a slip is put right with one click', {}, async (page) => {
  await visit(page, `/logs?${hour}&search=${encodeURIComponent('severty:error')}`)
  await page.getByRole('button', { name: 'Search severity instead' }).click()
  await page.waitForURL((url) => url.searchParams.get('search') === 'severity:error')
  await records(page).getByRole('row').nth(1).waitFor()
})
