/** Explore: a field becomes a chart, a row opens, a search is kept, a file leaves, PromQL runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
const rows = (page: Page) => page.getByRole('grid', { name: 'Rows' })

journey('a field becomes a chart in two clicks, and a filter in two more', {}, async (page) => {
  await visit(page, `/explore?${hour}`)
  await page
    .getByRole('button', { name: /^service/ })
    .first()
    .hover()
  await page.getByRole('button', { name: 'Chart by service', exact: true }).click()
  await settled(page)
  expect(queryOf(page).get('group_by')).toBe('service')
  await page.getByRole('button', { name: 'Top values' }).click()
  const top = page.getByRole('grid', { name: 'Top values' })
  await top.getByRole('button', { name: 'checkout', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Filter for this value' }).click()
  await settled(page)
  expect(queryOf(page).get('query')).toBe('service:checkout')
  const services = await rows(page).locator('a[title^="service "]').allTextContents()
  expect(new Set(services)).toEqual(new Set(['checkout']))
  await page.goBack()
  expect(queryOf(page).get('query')).toBe(null)
})

journey('a row opens by key, tells its JSON, and the address opens it again', {}, async (page) => {
  await visit(page, `/explore?table=spans&${hour}`)
  await rows(page).focus()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('complementary', { name: /Row/ })
  await drawer.getByText('span_id', { exact: true }).waitFor()
  await drawer.getByRole('tab', { name: 'JSON' }).click()
  await drawer.getByText('"trace_id"').waitFor()
  await drawer.locator('a[href*="/traces/"]').first().waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
})

journey('what is shown leaves as a file', {}, async (page) => {
  await visit(
    page,
    `/explore?${hour}&query=service%3Acart&columns=time,service,http.request.method`,
  )
  await page.getByRole('button', { name: 'Export' }).click()
  const waiting = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'CSV' }).click()
  const file = await waiting
  expect(file.suggestedFilename()).toBe('crowsnest-logs.csv')
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-explore-'))
  await file.saveAs(join(dir, 'rows.csv'))
  const lines = readFileSync(join(dir, 'rows.csv'), 'utf8').trimEnd().split('\r\n')
  rmSync(dir, { recursive: true })
  expect(lines[0]).toBe('time,service,http.request.method')
  expect(lines[1]).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z,cart,/)
})

journey('a search is kept under a name and opened again', {}, async (page) => {
  const own = 'table=spans&query=status%3Aerror&group_by=service&measure=count'
  await visit(page, `/explore?${own}&${hour}`)
  await page.getByRole('button', { name: 'Saved searches' }).click()
  await page.getByRole('textbox', { name: 'Save this search' }).fill('failing spans')
  await page.getByRole('button', { name: /^(Save|Replace)$/ }).click()
  await page.getByRole('link', { name: 'failing spans' }).waitFor()
  await visit(page, `/explore?saved=1&${hour}`)
  await page.getByRole('link', { name: 'failing spans' }).click()
  await settled(page)
  expect(queryOf(page).get('query')).toBe('status:error')
  expect(queryOf(page).get('group_by')).toBe('service')
  expect(queryOf(page).get('from')).toBe('now-1h')
})

journey(
  'PromQL is written, marked where it is wrong, and run',
  { refusals: [422] },
  async (page) => {
    await visit(page, `/explore?language=promql&${hour}`)
    await page.getByRole('textbox', { name: 'Query' }).click()
    await page.keyboard.insertText('sum by (')
    await page.locator('.cm-lintRange-error').waitFor()
    await page.keyboard.press('Control+a')
    // Typing over a marked text, the browser would keep its look by an inline style.
    await page.keyboard.press('Delete')
    await page.keyboard.insertText('count({__name__=~"k8s.+"})')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('grid', { name: 'Series' }).waitFor({ timeout: 30_000 })
    expect(queryOf(page).get('query')).toBe('count({__name__=~"k8s.+"})')
    await page.getByRole('button', { name: 'Raw' }).click()
    await page.getByText('"kind": "series"').waitFor()
  },
)
