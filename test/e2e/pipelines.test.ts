/** Pipelines: one is written, tried on live records, saved, in force, and seen to drop and fail. */
import type { Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { journey, settled, visit } from './journey.ts'

type Record = { message: string; 'log.level'?: string; 'data_stream.dataset': string }

async function send(page: Page, records: readonly Record[]): Promise<void> {
  const sent = await page.request.post(`${inject('stage').otlp}/ingest/jsonl`, {
    data: records.map((one) => JSON.stringify(one)).join('\n'),
  })
  expect(sent.status(), await sent.text()).toBe(200)
}

const editorOf = (page: Page) => page.getByRole('textbox', { name: 'Definition' })
const trialOf = (page: Page) => page.getByRole('region', { name: 'Test on the newest records' })

async function write(page: Page, text: string): Promise<void> {
  await editorOf(page).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

const range = 'from=now-1h&to=now'

journey('the empty page teaches with an example', {}, async (page) => {
  // Other journeys leave theirs.
  const all = { method: 'DELETE', path: '/_ingest/pipeline/*', body: '' }
  const headers = { 'x-crowsnest': '1' }
  expect((await page.request.post('/api/console', { headers, data: all })).status()).toBe(200)
  await visit(page, `/pipelines?${range}`)
  await page.getByText('No pipeline changes your records').waitFor()
  await page.getByRole('button', { name: 'Open an example' }).click()
  await expect.poll(() => editorOf(page).textContent()).toContain('labels.seen_by')
  await page.getByRole('button', { name: 'Data set' }).click()
  await page.getByRole('option', { name: 'Any' }).click()
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await trialOf(page).getByText('0 failed').waitFor()
  await trialOf(page).getByText('labels.seen_by').first().waitFor()
})

journey('a pipeline is tried, saved with its warning, and in force', {}, async (page) => {
  const dataset = 'quay.crane'
  const lines = ['10.0.0.7 lifts 12', '10.0.0.8 lifts 3', 'out of order']
  const records = lines.map((message) => ({ message, 'data_stream.dataset': dataset }))
  await send(page, [...records, { ...records[0]!, message: 'noise', 'log.level': 'debug' }])
  await visit(page, `/pipelines?${range}&new=1`)
  await page.getByRole('combobox', { name: 'Data set' }).fill(dataset)
  await page.getByText('logs-quay.crane@custom').waitFor()
  await page.getByRole('button', { name: 'Write it' }).click()
  await write(
    page,
    `{
  "processors": [
    { "drop": { "if": "ctx.log?.level == 'debug'" } },
    { "dissect": { "field": "message", "pattern": "%{crane.ip} lifts %{crane.tons}" } },
    { "convert": { "field": "crane.tons", "type": "integer" } },
    { "rename": { "field": "crane.ip", "target_field": "client.ip" } }
  ]
}`,
  )
  const summary = async () => {
    await page.keyboard.press('Control+Enter')
    return trialOf(page).textContent()
  }
  await expect.poll(summary, { timeout: 20_000 }).toContain('2 kept1 dropped1 failed')
  const failed = trialOf(page).locator('details').filter({ hasText: 'out of order' })
  await failed.getByRole('button', { name: 'processors[1].dissect' }).click()
  const selected = () => page.evaluate('getSelection().toString()')
  await expect.poll(selected).toBe('"dissect"')
  await trialOf(page).getByRole('button', { name: 'Processors', exact: true }).click()
  const dissect = trialOf(page).getByRole('row').filter({ hasText: 'dissect' })
  await expect.poll(() => dissect.textContent()).toMatch(/3\D*0\D*1\D*0$/)

  await editorOf(page).click()
  await page.keyboard.press('Control+s')
  await page.getByRole('alert').getByText('would drop 1 and refuse 1').waitFor()
  await page.getByRole('button', { name: 'Save anyway' }).click()
  await page.getByText('Pipeline logs-quay.crane@custom saved').waitFor()

  await send(page, [...records, { ...records[0]!, message: 'noise', 'log.level': 'debug' }])
  const found = async () => {
    await visit(page, `/logs?${range}&search=${encodeURIComponent('client.ip:"10.0.0.7"')}`)
    return page.getByRole('grid').last().getByText('10.0.0.7 lifts 12').count()
  }
  await expect.poll(found, { timeout: 20_000 }).toBe(1)
  await visit(page, `/pipelines?${range}`)
  const row = page.getByRole('row').filter({ hasText: 'logs-quay.crane@custom' })
  await expect.poll(() => row.textContent(), { timeout: 20_000 }).toContain('411')
  await page.getByRole('link', { name: 'See drops and failures' }).click()
  await settled(page)
  await page.getByRole('grid').last().getByRole('row').nth(1).waitFor()

  await visit(page, `/pipelines?${range}`)
  await page.getByRole('button', { name: 'Delete logs-quay.crane@custom' }).click()
  await expect.poll(() => row.count()).toBe(0)
  // Without an undo it is gone for good.
  await page.getByText('Pipeline logs-quay.crane@custom deleted').waitFor({ state: 'hidden' })
  await visit(page, `/pipelines?${range}`)
  expect(await row.count()).toBe(0)
})

journey('what would be refused is shown where it is, while one types', {}, async (page) => {
  await visit(page, `/pipelines/logs-pier%40custom?${range}`)
  const wrong = editorOf(page).locator('.cm-lintRange-error')
  await write(page, '{ "processors": [ { "set": { "field": "a", "value": 1, "vlaue": 2 } } ] }')
  await page.getByRole('button', { name: /doesn't support/ }).waitFor()
  await write(page, '{ "processors": [ { "grok": { "field": "a", "patterns": ["%{NOPE:x}"] } } ] }')
  await page.getByRole('button', { name: /NOPE/ }).click()
  await expect.poll(() => wrong.allTextContents()).toEqual(['"patterns"'])
  await write(page, '{ "processors": [ { "drop": { "if": "ctx.a ==" } } ] }')
  await expect.poll(() => wrong.count()).toBe(1)
  await write(page, '{ "processors": [ }')
  await expect.poll(() => wrong.allTextContents()).toEqual(['}'])
  await write(page, '{ "processors": [] }')
  await expect.poll(() => wrong.count()).toBe(0)
  // A draft outlives a look elsewhere.
  await visit(page, '/dev-tools')
  await visit(page, `/pipelines/logs-pier%40custom?${range}`)
  await expect.poll(() => editorOf(page).textContent()).toBe('{ "processors": [] }')
})

journey('a viewer reads, and is told so', {}, async (page) => {
  await page.route('**/api/session', async (route) => {
    const session = await (await route.fetch()).json()
    await route.fulfill({ json: { ...session, user: { ...session.user, role: 'viewer' } } })
  })
  await visit(page, `/pipelines?${range}`)
  await page.getByText('Only administrators can try, change or delete them.').waitFor()
  expect(await page.getByRole('button', { name: 'New pipeline' }).count()).toBe(0)
  await visit(page, `/pipelines/logs-pier%40custom?${range}`)
  await page.getByRole('button', { name: 'Test', exact: true, disabled: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Save', exact: true }).count()).toBe(0)
  expect(await editorOf(page).getAttribute('aria-readonly')).toBe('true')
  await visit(page, '/dev-tools')
  await page.getByText('Only administrators can send requests.').waitFor()
  await page.getByRole('button', { name: 'Send', exact: true, disabled: true }).waitFor()
})
