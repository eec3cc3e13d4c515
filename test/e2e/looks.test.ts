/**
 * How every page looks and reads: no serious finding of axe in light and dark, nothing wider than
 * the window, readable on a phone and in Korean. The pictures land in test-results/screens.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { findings } from './accessibility.ts'
import { journey, results, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
const metric = 'http.server.request.duration'

const screens: Record<string, (page: Page) => Promise<void>> = {
  overview: (page) => visit(page, `/?${hour}`),
  logs: (page) => visit(page, `/logs?${hour}`),
  record: (page) => firstOpened(page, `/logs?${hour}&search=severity:error`),
  patterns: (page) => visit(page, `/logs?${hour}&view=patterns`),
  traces: (page) => visit(page, `/traces?${hour}&errors=1`),
  trace: (page) => {
    const search = encodeURIComponent('service:checkout kind:server status:error')
    return firstOpened(page, `/traces?${hour}&search=${search}`)
  },
  services: (page) => visit(page, `/services?${hour}`),
  map: (page) => visit(page, `/services?${hour}&view=map`),
  service: (page) => visit(page, `/services/checkout?${hour}`),
  dependencies: (page) => visit(page, `/services/checkout?${hour}&tab=dependencies`),
  explore: (page) => visit(page, `/explore?${hour}&table=spans&group_by=service`),
  'explore promql': (page) => {
    const query = encodeURIComponent('count by (job) ({__name__=~"k8s.+"})')
    return visit(page, `/explore?${hour}&language=promql&query=${query}`)
  },
  metrics: (page) => visit(page, `/metrics/explore?${hour}&metric=${metric}&group_by=service`),
  entity: (page) =>
    untilWatched(page, `/kubernetes/entity/deployment/shop/checkout?${hour}&cluster=demo`),
  clusters: (page) => visit(page, `/kubernetes?${hour}`),
  workloads: (page) => visit(page, `/kubernetes/workloads?${hour}`),
  waffle: (page) => visit(page, `/kubernetes/pods?${hour}&view=waffle`),
  nodes: (page) => visit(page, `/kubernetes/nodes?${hour}`),
  events: (page) => visit(page, `/kubernetes/events?${hour}`),
  changes: (page) => visit(page, `/kubernetes/changes?${hour}`),
  agents: (page) => visit(page, '/agents'),
  coverage: (page) => visit(page, '/agents?view=coverage'),
  policy: (page) => visit(page, '/agents/policies/kubernetes'),
  'add agent': (page) => visit(page, '/agents/add'),
  'get data in': (page) => visit(page, '/get-data-in'),
  'apm agents': (page) => visit(page, '/apm-agents?form=new'),
  pipelines: withPipeline((page) => visit(page, '/pipelines')),
  pipeline: withPipeline(async (page) => {
    await visit(page, `/pipelines/looked-at?${hour}`)
    await page.getByRole('button', { name: /^(Test|시험)$/ }).click()
    await page.locator('details').first().waitFor()
  }),
  'new pipeline': (page) => visit(page, '/pipelines?new=1'),
  'dev tools': async (page) => {
    await visit(page, '/dev-tools')
    await page.getByRole('textbox', { name: /^(Requests|요청)$/ }).click()
    await page.keyboard.press('Control+Enter')
    await page.getByText('200 OK').waitFor()
  },
  settings: (page) => visit(page, '/settings'),
}

/** In force on no record: nothing calls it by its name. */
function withPipeline(open: (page: Page) => Promise<void>) {
  return async (page: Page) => {
    const set = { field: 'labels.seen_by', value: 'crowsnest' }
    const body = JSON.stringify({
      description: 'Who has seen it',
      processors: [{ set }, { rename: { field: 'log.level', target_field: 'level' } }],
    })
    const sent = await page.request.post('/api/console', {
      headers: { 'x-crowsnest': '1' },
      data: { method: 'PUT', path: '/_ingest/pipeline/looked-at', body },
    })
    expect(sent.status()).toBe(200)
    await open(page)
  }
}

/** The demo's agents enrol when the shop already runs. */
async function untilWatched(page: Page, address: string): Promise<void> {
  const isWatched = async () => {
    await visit(page, address)
    return page.getByRole('grid', { name: /^(Containers|컨테이너)$/ }).count()
  }
  await expect.poll(isWatched, { timeout: 30_000 }).toBe(1)
}

async function firstOpened(page: Page, address: string): Promise<void> {
  await visit(page, address)
  const row = page.getByRole('grid').last().getByRole('row').nth(1)
  await row.getByRole('gridcell').first().click()
  await page.getByRole('complementary').waitFor()
  await settled(page)
}

/** Pages that use every colour there is: what is readable in light there is so elsewhere. */
const coloured = new Set([
  ...['overview', 'logs', 'trace', 'map', 'explore', 'metrics'],
  ...['entity', 'waffle', 'pipeline', 'settings'],
])

for (const [name, open] of Object.entries(screens)) {
  journey(`${name} is accessible and in its bounds`, {}, async (page) => {
    await open(page)
    expect(await tooWide(page)).toEqual([])
    for (const theme of coloured.has(name) ? (['dark', 'light'] as const) : (['dark'] as const)) {
      await page.keyboard.press('Control+k')
      await page.keyboard.type(`${theme} theme`)
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await picture(page, `${name}-${theme}`)
      expect(await findings(page, theme), theme).toEqual([])
    }
  })
}

const phone = { width: 390, height: 844 }
const onPhones = [
  'overview',
  'logs',
  'explore',
  'trace',
  'services',
  'clusters',
  'entity',
  'agents',
  'pipeline',
  'dev tools',
  'settings',
]
for (const name of onPhones) {
  journey(`${name} on a phone, in Korean`, { size: phone, language: 'ko' }, async (page) => {
    await screens[name]?.(page)
    await picture(page, `${name}-phone`)
    expect(await tooWide(page)).toEqual([])
  })
}

/** For people to look at: nobody does where nobody is. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.CI !== undefined) return
  mkdirSync(results, { recursive: true })
  await page.screenshot({ path: join(results, `${name}.png`), animations: 'disabled' })
}

/** The page itself never scrolls sideways; tables and maps may, within themselves. */
async function tooWide(page: Page): Promise<number[]> {
  const [wide, window] = (await page.evaluate(
    '[document.scrollingElement.scrollWidth, window.innerWidth]',
  )) as [number, number]
  const main = (await page.evaluate(
    '[...document.querySelectorAll("main")].map((it) => it.scrollWidth - it.clientWidth)',
  )) as number[]
  return [wide - window, ...main].filter((over) => over > 0)
}
