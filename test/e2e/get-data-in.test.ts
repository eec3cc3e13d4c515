/** Get data in: a source is found, its configuration has a token, its first record shows. */
import { expect, inject } from 'vitest'
import { journey, visit } from './journey.ts'

journey('a source is found, configured and heard', {}, async (page) => {
  await visit(page, '/get-data-in')
  await page.getByRole('searchbox', { name: 'Find a source' }).fill('curl')
  await page.getByRole('button', { name: 'JSON lines' }).click()
  await page.getByRole('heading', { name: 'JSON lines' }).waitFor()
  await page.getByRole('textbox', { name: 'Cluster' }).fill('harbour')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText('The token is in the configuration').waitFor()
  const command = await page.locator('pre').first().textContent()
  const token = /cn_ingest_[\w-]+/.exec(command ?? '')?.[0]
  expect(token).toBeDefined()
  const sent = await page.request.post(`${inject('stage').otlp}/ingest/jsonl`, {
    headers: { authorization: `Bearer ${token}` },
    data: JSON.stringify({ 'service.name': 'hello', level: 'info', message: 'first line' }),
  })
  expect(sent.status()).toBe(200)
  await page.getByText(/received over this protocol/).waitFor()
})

journey('a closed port says how to open it', {}, async (page) => {
  await visit(page, '/get-data-in?source=syslog')
  await page.getByText('--listen.syslog=').first().waitFor()
})
