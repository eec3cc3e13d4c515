/** APM agents: settings are written, an agent fetches them and says so, and they are deleted. */
import { expect } from 'vitest'
import { journey, visit } from './journey.ts'

journey('settings reach an agent, which says that it has them', {}, async (page) => {
  const service = `journey-${Date.now()}`
  await visit(page, '/apm-agents')
  await page.getByRole('button', { name: 'Add settings' }).first().click()
  await page.getByRole('combobox', { name: 'Service' }).fill(service)
  await page.getByRole('combobox', { name: 'Value' }).fill('0.25')
  await page.getByRole('button', { name: 'Add a setting' }).click()
  await page.getByRole('combobox', { name: 'Setting' }).last().fill('log_level')
  await page.getByRole('combobox', { name: 'Value' }).last().fill('debug')
  await page.getByRole('button', { name: 'Save' }).click()
  const settings = page.getByRole('grid', { name: 'Settings' })
  const row = settings.getByRole('row').filter({ hasText: service })
  await row.getByText('nobody asked yet').waitFor()

  const path = `/apm/config/v1/agents?service.name=${service}`
  const given = await page.request.get(path)
  expect(await given.json()).toEqual({ transaction_sample_rate: '0.25', log_level: 'debug' })
  const headers = { 'if-none-match': given.headers().etag! }
  expect((await page.request.get(path, { headers })).status()).toBe(304)
  await visit(page, '/apm-agents')
  await row.getByText('1 of 1 have them').waitFor()

  await page.getByRole('button', { name: `Edit ${service}` }).click()
  await page.getByRole('combobox', { name: 'Value' }).first().fill('0.5')
  await page.getByRole('button', { name: 'Save' }).click()
  await row.getByText('transaction_sample_rate=0.5').waitFor()
  await page.getByRole('button', { name: `Delete ${service}` }).click()
  await row.waitFor({ state: 'detached' })
  await visit(page, '/logs')
  await expect
    .poll(async () => (await page.request.get(path)).json(), { timeout: 20_000 })
    .toEqual({})
})
