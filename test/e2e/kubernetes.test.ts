/** Kubernetes: two clusters told over the real receiver, then looked at as people do at night. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, inject } from 'vitest'
import { lines, toldCluster } from '../kubernetes/told.ts'
import { findings } from './accessibility.ts'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
/** The scope of this file's own clusters: others may report to the same server. */
const inEast = `${hour}&cluster=east`
const shapes = [
  { cluster: 'east', nodes: 3, pods: 120 },
  { cluster: 'west', nodes: 2, pods: 60 },
]

async function post(path: string, type: string, body: Buffer): Promise<void> {
  const headers = { 'content-type': type }
  const answer = await fetch(`${inject('stage').otlp}${path}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  })
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
}

beforeAll(async () => {
  for (const shape of shapes) {
    const told = toldCluster({ ...shape, now_ms: Date.now() })
    const { cluster } = shape
    const ours = (rows: object[]) => lines(rows.map((row) => ({ cluster, ...row })))
    await post('/v1/kubernetes/objects', 'application/x-ndjson', ours(told.objects))
    await post('/v1/kubernetes/events', 'application/x-ndjson', ours(told.events))
    await post('/v1/metrics', 'application/json', Buffer.from(JSON.stringify(told.metrics)))
  }
})

const grid = (page: Page, name: string) => page.getByRole('grid', { name, exact: true })
const rows = (page: Page, name: string) => grid(page, name).getByRole('row')

/** The engine shows what was acknowledged some moments later. */
async function arrives(page: Page, address: string, name: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await visit(page, address)
        return grid(page, name).count()
      },
      { timeout: 25_000 },
    )
    .toBe(1)
  // What was asked a moment earlier on the same page may have been answered without them.
  await visit(page, address)
}

journey('the overview tells room, trouble, changes and warnings', {}, async (page) => {
  await arrives(page, `/kubernetes?${inEast}`, 'In trouble')
  const east = page.getByRole('region', { name: 'east' })
  await east.getByRole('link', { name: '120', exact: true }).waitFor()
  await east.getByText(/24 allocatable/).waitFor()
  const all = await rows(page, 'In trouble').count()
  await page.getByRole('button', { name: 'Out of memory' }).click()
  await expect.poll(() => rows(page, 'In trouble').count()).toBeLessThan(all)
  await rows(page, 'In trouble').nth(1).getByText('OOMKilled').click()
  await page.getByRole('complementary').getByText('exceeded its memory limit').waitFor()
  await page.keyboard.press('Escape')
  await grid(page, 'Changes').getByText('checkout-gone').waitFor()
  await grid(page, 'Events').getByText('BackOff').first().waitFor()
  await east
    .getByRole('link', { name: /unwell/ })
    .last()
    .click()
  await page.getByRole('heading', { level: 1, name: 'Pods' }).waitFor()
  expect(queryOf(page).get('search')).toBe('health:(bad or warn)')
})

journey(
  'pods: trouble first, found by their figures, and from one to its logs',
  {},
  async (page) => {
    await arrives(page, `/kubernetes/pods?${inEast}`, 'Pods')
    await rows(page, 'Pods').nth(1).getByText('CrashLoopBackOff').waitFor()
    await page.getByRole('combobox', { name: 'Search' }).fill('restarts > 3 and namespace:shop')
    await page.keyboard.press('Enter')
    await settled(page)
    await rows(page, 'Pods').nth(1).getByText('CrashLoopBackOff').click()
    const drawer = page.getByRole('complementary')
    await drawer.getByText('back-off 5m0s restarting').waitFor()
    await drawer.getByRole('link', { name: 'Logs' }).click()
    await page.waitForURL(/\/logs\?/)
    expect(queryOf(page).get('search')).toMatch(/^kubernetes\.pod\.uid:uid-pod-shop-/)
    expect(queryOf(page).get('cluster')).toBe('east')
  },
)

journey('the same name in two clusters stays two pods', {}, async (page) => {
  await arrives(page, `/kubernetes/pods?${hour}&cluster=west`, 'Pods')
  const name = await rows(page, 'Pods').nth(1).getByRole('link').first().textContent()
  const search = encodeURIComponent(`name:"${name}" cluster:(east or west)`)
  await visit(page, `/kubernetes/pods?${hour}&search=${search}`)
  expect(await rows(page, 'Pods').count()).toBe(3)
  await visit(page, `/kubernetes/pods?${hour}&cluster=west&search=${search}`)
  expect(await rows(page, 'Pods').count()).toBe(2)
})

journey('the waffle is coloured by a figure and walked by keys', {}, async (page) => {
  await arrives(page, `/kubernetes/pods?${inEast}`, 'Pods')
  await page.getByRole('button', { name: 'Waffle' }).click()
  await page.getByRole('button', { name: /^Colour/ }).click()
  await page.getByRole('menuitem', { name: 'Memory of its limit' }).click()
  expect(queryOf(page).get('color')).toBe('memory')
  const field = page.getByRole('group', { name: /^Pods/ })
  await field.focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp']) {
    await page.keyboard.press(key)
  }
  await page.getByText(/^east \/ .* Memory of its limit: /).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('complementary').getByText('Facts').waitFor()
  expect(queryOf(page).get('open')).toMatch(/^east\/Pod\//)
})

journey('events are filtered from their bars, one opens with all it says', {}, async (page) => {
  await arrives(page, `/kubernetes/events?${inEast}&search=reason:BackOff`, 'Events')
  await page.getByText(/\d+ events?, \d+ of them warnings/).waitFor()
  await rows(page, 'Events').nth(1).getByText('back-off 5m0s restarting').click()
  await page.getByRole('complementary', { name: 'BackOff' }).getByText('First seen').waitFor()
})

journey('a change shows who did what, and its address opens it again', {}, async (page) => {
  const address = `/kubernetes/changes?${inEast}&search=kind:Deployment`
  await arrives(page, address, 'Changes')
  await rows(page, 'Changes').nth(1).getByText('kubectl-set').click()
  await page.getByRole('complementary').getByText('shop/checkout:2.3.1').waitFor()
  await page.reload()
  const drawer = page.getByRole('complementary')
  await drawer.getByText('shop/checkout:2.3.0').waitFor()
  await drawer.getByRole('button', { name: 'The whole object' }).click()
  await drawer.getByText('"kind": "Deployment"').waitFor()
})

journey('every list has its rows, in words of kubectl', {}, async (page) => {
  await arrives(page, `/kubernetes/nodes?${inEast}`, 'Nodes')
  const f = async (list: string, name: string, text: string) => {
    await visit(page, `/kubernetes/${list}?${inEast}`)
    await grid(page, name).getByText(text, { exact: true }).first().waitFor()
  }
  await f('nodes', 'Nodes', 'Ready,MemoryPressure')
  await f('namespaces', 'Namespaces', 'kube-system')
  await f('workloads', 'Workloads', 'StatefulSet')
  await f('services', 'Services', '8080/TCP')
  await f('services', 'Services', '2/3')
  await f('volumes', 'Volumes', 'Bound')
  await f('jobs', 'Jobs', '*/10 * * * *')
})

/** What kubectl would count in the demo's cluster. */
async function counted(path: string): Promise<number> {
  const { clusters } = JSON.parse(readFileSync(inject('stage').kubeconfig, 'utf8'))
  const answer = await fetch(clusters[0].cluster.server + path)
  return ((await answer.json()) as { items: unknown[] }).items.length
}

journey('the figures on the screens are those of the API', {}, async (page) => {
  const f = async (list: string, search: string, path: string) => {
    const address = `/kubernetes/${list}?${hour}&cluster=demo&search=${search}`
    // Jobs come and go each minute: both sides are asked until they agree.
    await expect
      .poll(
        async () => {
          await visit(page, address)
          const title = await page
            .locator('main')
            .getByText(/ · [\d,]+$/)
            .first()
            .textContent()
          const shown = Number(title?.split(' · ')[1]?.replace(/\D/g, ''))
          return [shown, shown - (await counted(path))]
        },
        { timeout: 40_000, message: `${list} ${search}` },
      )
      .toEqual([expect.any(Number), 0])
  }
  await f('nodes', '', '/api/v1/nodes')
  await f('namespaces', '', '/api/v1/namespaces')
  await f('pods', '', '/api/v1/pods')
  await f('workloads', 'kind:Deployment', '/apis/apps/v1/deployments')
  await f('workloads', 'kind:StatefulSet', '/apis/apps/v1/statefulsets')
  await f('workloads', 'kind:DaemonSet', '/apis/apps/v1/daemonsets')
  await f('services', 'kind:Service', '/api/v1/services')
  await f('jobs', 'kind:Job', '/apis/batch/v1/jobs')
  await f('jobs', 'kind:CronJob', '/apis/batch/v1/cronjobs')
  await f('volumes', 'kind:PersistentVolumeClaim', '/api/v1/persistentvolumeclaims')
  await f('autoscalers', '', '/apis/autoscaling/v2/horizontalpodautoscalers')
  await visit(page, `/kubernetes?${hour}&cluster=demo`)
  const demo = page.getByRole('region', { name: 'demo', exact: true })
  const nodes = await counted('/api/v1/nodes')
  await demo
    .getByRole('link', { name: String(nodes), exact: true })
    .first()
    .waitFor()
})

for (const theme of ['dark', 'light'] as const) {
  journey(`the pages are accessible in ${theme}`, { theme }, async (page) => {
    const addresses = ['', '/pods', '/pods?view=waffle', '/events', '/changes']
    for (const address of addresses) {
      const [path, query = ''] = address.split('?')
      await visit(page, `/kubernetes${path}?${inEast}&${query}`)
      expect(await findings(page, theme), address).toEqual([])
    }
  })
}
