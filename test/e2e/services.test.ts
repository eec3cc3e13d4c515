/** Services: the list, one service with all of its parts, and the map. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
const list = (page: Page) => page.getByRole('grid', { name: 'List' })

journey('the list puts trouble first, finds by name, opens a service', {}, async (page) => {
  await visit(page, `/services?${hour}`)
  await list(page).getByRole('link', { name: 'currency' }).waitFor()
  const names = await list(page).getByRole('row').getByRole('link').allTextContents()
  // Other journeys bring services of their own; of the shop's these two fail, and this one never.
  for (const failing of ['checkout', 'payment']) {
    expect(names.indexOf(failing)).toBeGreaterThanOrEqual(0)
    expect(names.indexOf(failing)).toBeLessThan(names.indexOf('currency'))
  }
  await page.getByRole('searchbox', { name: 'Find a service' }).fill('frau')
  await expect.poll(() => list(page).getByRole('row').count()).toBe(2)
  await list(page).getByRole('row').nth(1).getByRole('gridcell').nth(2).click()
  await page.getByRole('heading', { level: 1, name: 'fraud-check' }).waitFor()
})

journey('a service shows operations, dependencies, errors and instances', {}, async (page) => {
  await visit(page, `/services/checkout?${hour}`)
  const operations = page.getByRole('grid', { name: 'Operations' })
  await operations.getByText('POST /orders').click()
  await page.getByText('Only POST /orders').waitFor()
  expect(queryOf(page).get('operation')).toBe('POST /orders')
  await page.getByRole('button', { name: 'Show all operations' }).click()
  await page.getByRole('tab', { name: 'Dependencies' }).click()
  await page.getByRole('link', { name: 'frontend-api' }).waitFor()
  await page.getByText('postgres-orders').first().waitFor()
  await page.getByRole('tab', { name: 'Errors' }).click()
  await page.getByRole('grid', { name: 'Errors' }).getByRole('row').nth(1).waitFor()
  await page.getByRole('tab', { name: 'Instances' }).click()
  await page
    .getByRole('grid', { name: 'Instances' })
    .getByText(/^checkout-/)
    .first()
    .waitFor()
  await page.getByRole('tab', { name: 'Warnings in logs' }).click()
  await page.getByRole('grid', { name: 'Warnings in logs' }).getByRole('row').nth(1).waitFor()
  await page.getByRole('link', { name: 'Show failing traces' }).click()
  await page.waitForURL(/\/traces\?/)
  expect(queryOf(page).get('search')).toBe('service:"checkout" status:error')
})

journey('an error of a service leads to a trace with it', {}, async (page) => {
  await visit(page, `/services/payment?${hour}&tab=error_groups`)
  await page
    .getByRole('grid', { name: 'Errors' })
    .getByRole('row')
    .nth(1)
    .getByText(/\w/)
    .first()
    .click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await settled(page)
  expect(await page.getByRole('treeitem', { selected: true }).count()).toBe(1)
})

journey('the map opens a node and offers where to go from it', {}, async (page) => {
  await visit(page, `/services?view=map&${hour}`)
  const map = page.getByRole('region', { name: /^Service map/ })
  await map.getByRole('button', { name: /^checkout / }).click()
  const drawer = page.getByRole('complementary', { name: 'checkout' })
  await drawer.getByText('Called by').waitFor()
  expect(queryOf(page).get('open')).toBe('service:checkout')
  await drawer.getByRole('button', { name: 'payment' }).click()
  await page.getByRole('complementary', { name: 'payment' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => queryOf(page).get('open')).toBeNull()
  await map.getByRole('button', { name: /^postgres-orders/ }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Show traces' }).click()
  await page.waitForURL(/\/traces\?/)
  await settled(page)
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).waitFor()
})
