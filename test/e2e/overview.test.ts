/** Overview: what arrives, who is in trouble, and a way on from each of them. */
import { expect } from 'vitest'
import { journey, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'

journey('overview shows what arrives, services and sources', {}, async (page) => {
  await visit(page, `/?${hour}`)
  for (const signal of ['Logs', 'Spans', 'Metric points']) {
    const chart = page.getByRole('figure', { name: `Arriving now: ${signal}` })
    expect(await chart.getByText(/highest [\d.]+k?\/s/).count()).toBe(1)
  }
  const sources = page.getByRole('grid', { name: 'Sources' })
  await sources.scrollIntoViewIfNeeded()
  expect(Number(await sources.getAttribute('aria-rowcount'))).toBeGreaterThan(10)
  await page.getByRole('grid', { name: 'Store' }).scrollIntoViewIfNeeded()
  await page.getByRole('grid', { name: 'Newest error patterns' }).getByRole('row').nth(1).waitFor()
})

journey('overview leads to a failing service and keeps the range', {}, async (page) => {
  await visit(page, `/?${hour}`)
  const trouble = page.locator('section', { hasText: 'Services with errors' })
  await trouble.getByRole('link', { name: 'payment' }).click()
  await page.getByRole('heading', { level: 1, name: 'payment' }).waitFor()
  await settled(page)
  expect(new URL(page.url()).search).toContain('from=now-1h')
})

journey('an error pattern leads to its records', {}, async (page) => {
  await visit(page, `/?${hour}`)
  const patterns = page.getByRole('grid', { name: 'Newest error patterns' })
  await patterns.getByRole('row').nth(1).getByRole('gridcell').nth(1).click()
  await page.waitForURL(/\/logs\?.*template_id/)
  await page.getByRole('grid', { name: 'Records' }).getByRole('row').nth(1).waitFor()
})
