/** Metrics: find one by typing, break it down, follow an exemplar. */
import { expect } from 'vitest'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'

journey('a metric is found by typing, charted and grouped', {}, async (page) => {
  await visit(page, `/metrics/explore?${hour}`)
  await page.getByRole('searchbox', { name: 'Find a metric' }).fill('server.request')
  await page.getByRole('button', { name: /^http\.server\.request\.duration/ }).click()
  await page.waitForURL(/metric=http\.server\.request\.duration/)
  await settled(page)
  const breakdown = page.getByRole('grid', { name: 'Breakdown' })
  await breakdown.getByText('service', { exact: true }).click()
  await page.waitForURL(/group_by=service/)
  await settled(page)
  await page.getByRole('button', { name: /^frontend-api/ }).waitFor()
  expect(
    await page.getByRole('figure').getByRole('button', { pressed: true }).count(),
  ).toBeGreaterThan(4)
})

journey('a histogram gives any percentile; its exemplar opens a trace', {}, async (page) => {
  await visit(page, `/metrics/explore?${hour}&metric=http.server.request.duration`)
  await page.getByRole('button', { name: /^Show/ }).filter({ hasText: 'p95' }).click()
  await page.getByRole('menuitem', { name: 'p99' }).click()
  await page.waitForURL(/show=p99/)
  await settled(page)
  await page.getByText(/exemplars: click a dot/).waitFor()
  expect(queryOf(page).get('show')).toBe('p99')
  const dots = page
    .getByRole('figure')
    .locator('button[aria-label$=" ms"], button[aria-label$=" s"]')
  await dots.first().click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByRole('tree', { name: 'Waterfall' }).waitFor()
})
