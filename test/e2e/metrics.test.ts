/** Metrics: find one by typing, break it down, follow an exemplar, ask in PromQL. */
import { expect, inject } from 'vitest'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'

/** Queues of five regions over twenty minutes: one far longer, and all for a moment at the end. */
async function sendQueues(metric: string): Promise<void> {
  const regions = ['north', 'south', 'east', 'west', 'centre']
  const now_ms = Date.now()
  const dataPoints = regions.flatMap((region, nth) =>
    Array.from({ length: 60 }, (_, at) => ({
      timeUnixNano: `${now_ms - (60 - at) * 20_000}000000`,
      asDouble: (region === 'east' ? 400 : 10) + nth + (at % 3) + (at === 55 ? 900 : 0),
      attributes: [
        { key: 'region', value: { stringValue: region } },
        { key: 'half', value: { stringValue: nth % 2 === 0 ? 'a' : 'b' } },
      ],
    })),
  )
  const name = { key: 'service.name', value: { stringValue: 'journey' } }
  const metrics = [{ name: metric, unit: '{message}', gauge: { dataPoints } }]
  const resourceMetrics = [{ resource: { attributes: [name] }, scopeMetrics: [{ metrics }] }]
  const answer = await fetch(`${inject('stage').otlp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics }),
  })
  if (!answer.ok) throw new Error(`the points were refused: ${answer.status}`)
}

journey('a metric is found by typing, charted and grouped', {}, async (page) => {
  await visit(page, `/metrics/explore?${hour}`)
  await page.getByRole('searchbox', { name: 'Find a metric' }).fill('server.request')
  await page.getByRole('button', { name: /^http\.server\.request\.duration/ }).click()
  await page.waitForURL(/metric=http\.server\.request\.duration/)
  await settled(page)
  const labels = page.getByRole('grid', { name: 'Labels' })
  await labels.getByText('service', { exact: true }).click()
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
  const dots = page.getByRole('figure').getByRole('button', { name: /^[\d.]+ m?s$/ })
  await dots.first().click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByRole('tree', { name: 'Waterfall' }).waitFor()
})

journey('the part that differs is found without a question', {}, async (page) => {
  await sendQueues('journey.queue.depth')
  await sendQueues('journey.queue.waiting')
  const address = `/metrics/explore?${hour}&metric=journey.queue.depth`
  await expect
    .poll(() => visit(page, address).then(() => page.getByText(/points are outside/).count()), {
      timeout: 20_000,
    })
    .toBe(1)
  await page.getByRole('tab', { name: 'Breakdown' }).click()
  await page.waitForURL(/view=breakdown/)
  const parts = page.getByRole('region').filter({ has: page.getByRole('heading', { level: 3 }) })
  await parts
    .first()
    .getByText(/^east stands out/)
    .waitFor()
  const headings = page.getByRole('heading', { level: 3 })
  expect(await headings.first().textContent()).toMatch(/^region/)
  await page.getByRole('button', { name: 'east', exact: true }).click()
  await page.waitForURL(/search=region/)
  await page.getByRole('tab', { name: 'Related metrics' }).click()
  await page.getByRole('grid').getByText('journey.queue.waiting').click()
  await page.waitForURL(/metric=journey\.queue\.waiting/)
})

const refused = { refusals: [422] }

journey('a query in PromQL is completed, run, corrected and explained', refused, async (page) => {
  await sendQueues('journey.line.length')
  await visit(page, `/metrics/explore?${hour}&mode=promql`)
  const editor = page.getByRole('textbox', { name: 'Query in PromQL' })
  await editor.click()
  await page.keyboard.type('sum by (region) (journey_lin')
  await page.getByRole('option', { name: /^journey_line_length/ }).click()
  await page.keyboard.press('Control+Enter')
  await page.waitForURL(/query=sum/)
  await settled(page)
  const series = page.getByRole('grid', { name: 'Series' })
  await series.getByText('centre', { exact: true }).waitFor()
  expect(await series.getByRole('row').count()).toBe(6)
  await page.getByRole('button', { name: 'Explain' }).click()
  const tree = page.getByRole('grid', { name: 'Explain' })
  await tree.getByText('journey_line_length', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'At the end' }).click()
  await page.waitForURL(/at=instant/)
  await series.getByRole('columnheader', { name: 'Value' }).waitFor()
  await editor.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' / rate(1)')
  await page
    .getByRole('alert')
    .getByText(/expected type range vector/)
    .waitFor()
  await page.locator('.cm-lintRange-error').first().waitFor()
})
