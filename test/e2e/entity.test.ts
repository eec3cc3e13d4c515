/**
 * The page of one thing: a pod that keeps dying, its namesake in another cluster, one that is gone,
 * and the versions of a deployment, told over the real receiver.
 */
import type { Page } from 'playwright-core'
import { beforeAll, expect, inject } from 'vitest'
import { lines, type Told, toldCluster } from '../kubernetes/told.ts'
import { findings } from './accessibility.ts'
import { journey, queryOf, settled, visit } from './journey.ts'

const hour = 'from=now-1h&to=now'
const now_ms = Date.now()
const clusters = {
  harbor: toldCluster({ cluster: 'harbor', nodes: 3, pods: 60, now_ms }),
  quay: toldCluster({ cluster: 'quay', nodes: 2, pods: 60, now_ms }),
}
const podOf = ({ objects }: Told, status: string) =>
  objects.find((row) => row.kind === 'Pod' && row.status === status && row.change === 'seen')!
const dying = podOf(clusters.harbor, 'OOMKilled')
const last_line = 'heap is full, nothing more can be done'

async function post(path: string, type: string, body: string | Buffer): Promise<void> {
  const headers = { 'content-type': type }
  const address = `${inject('stage').otlp}${path}`
  const sent = typeof body === 'string' ? body : new Uint8Array(body)
  const answer = await fetch(address, { method: 'POST', headers, body: sent })
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
}

/** What the dying pod wrote and served: a line before its end, and requests of which one failed. */
function telemetryOf(cluster: string) {
  const resource = {
    attributes: Object.entries({
      'k8s.cluster.name': cluster,
      'k8s.namespace.name': dying.namespace,
      'k8s.pod.name': dying.name,
      'k8s.pod.uid': `${dying.uid}-${cluster}`,
      'k8s.container.name': dying.workload,
      'k8s.deployment.name': dying.workload,
      'service.name': `${dying.workload}-${cluster}`,
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }
  const at = (ms: number) => `${BigInt(ms) * 1_000_000n}`
  const logRecords = [
    { severityNumber: 17, body: { stringValue: `${last_line} in ${cluster}` } },
    { severityNumber: 9, body: { stringValue: `serving in ${cluster}` } },
  ].map((line, nth) => ({ ...line, timeUnixNano: at(now_ms - 301_000 - nth * 60_000) }))
  const spans = Array.from({ length: 6 }, (_, nth) => ({
    traceId: (cluster.length * 1000 + nth).toString(16).padStart(32, '0'),
    spanId: (cluster.length * 1000 + nth).toString(16).padStart(16, '0'),
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: at(now_ms - 400_000 + nth * 1000),
    endTimeUnixNano: at(now_ms - 400_000 + nth * 1000 + 120),
    status: { code: nth === 0 ? 2 : 0 },
  }))
  return {
    logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] },
    traces: { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] },
  }
}

beforeAll(async () => {
  for (const [cluster, told] of Object.entries(clusters)) {
    // Two clusters never give the same uid.
    const own = (uid: string) => `${uid}-${cluster}`
    const objects = told.objects.map((row) => ({ cluster, ...row, uid: row.uid && own(row.uid) }))
    const events = told.events.map((row) => ({ cluster, ...row, uid: own(row.uid) }))
    await post('/v1/kubernetes/objects', 'application/x-ndjson', lines(objects))
    await post('/v1/kubernetes/events', 'application/x-ndjson', lines(events))
    await post('/v1/metrics', 'application/json', JSON.stringify(told.metrics))
    const { logs, traces } = telemetryOf(cluster)
    await post('/v1/logs', 'application/json', JSON.stringify(logs))
    await post('/v1/traces', 'application/json', JSON.stringify(traces))
  }
})

const pathOf = (name: string, kind = 'pod', namespace = 'shop') =>
  `/kubernetes/entity/${kind}/${namespace}/${name}?${hour}`
const dyingAt = (cluster: string) =>
  `${pathOf(dying.name, 'pod', dying.namespace)}&cluster=${cluster}`

/** The engine shows what was acknowledged some moments later. */
async function arrives(page: Page, address: string): Promise<void> {
  const timeline = page.getByRole('region', { name: 'Timeline' })
  const isThere = async () => {
    await visit(page, address)
    return timeline.count()
  }
  await expect.poll(isThere, { timeout: 25_000 }).toBe(1)
  const hasLogs = async () => {
    await visit(page, address)
    return timeline.getByText(/2 lines · 1 errors/).count()
  }
  if (address.includes('/pod/')) await expect.poll(hasLogs, { timeout: 25_000 }).toBe(1)
}

journey('a pod that keeps dying: why, since when, and its last lines', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  await visit(page, `/kubernetes/pods?${hour}&cluster=harbor&search=status:OOMKilled`)
  await page.getByRole('grid', { name: 'Pods' }).getByRole('link', { name: dying.name }).click()
  await page.getByRole('heading', { level: 1, name: dying.name }).waitFor()
  expect(new URL(page.url()).pathname).toBe(`/kubernetes/entity/pod/shop/${dying.name}`)
  expect(queryOf(page).get('cluster')).toBe('harbor')
  await page.getByText('exceeded its memory limit').waitFor()
  const timeline = page.getByRole('region', { name: 'Timeline' })
  for (const lane of ['Status', 'Changes', 'Events', 'CPU', 'Memory', 'Logs', 'Requests']) {
    await timeline.getByRole('heading', { name: lane, exact: true }).waitFor()
  }
  await timeline.getByRole('list', { name: 'Status' }).getByText('OOMKilled').waitFor()
  await timeline.getByRole('link', { name: `${dying.workload}-harbor` }).waitFor()
  const ended = timeline.getByRole('button', { name: /OOMKilled · .* exit code 137/ })
  await ended.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('tab', { name: 'Container failures', selected: true }).waitFor()
  const containers = page.getByRole('grid', { name: 'Containers' })
  await containers.getByText('OOMKilled 137').waitFor()
  await containers.getByRole('link', { name: 'Last lines' }).click()
  await page.waitForURL(/\/logs\?/)
  await page.getByText(`${last_line} in harbor`).first().waitFor()
  expect(queryOf(page).get('search')).toContain('kubernetes.pod.uid:')
  expect(queryOf(page).get('search')).toContain(`container:"${dying.workload}"`)
})

journey('from a pod to its logs, its traces, its node and its workload', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  const ways = page.getByRole('navigation', { name: 'Where to go from here' })
  await ways.getByRole('link', { name: 'Logs' }).click()
  await page.waitForURL(/\/logs\?/)
  const own = `kubernetes.pod.uid:${dying.uid}-harbor`
  expect(queryOf(page).get('search')).toBe(own)
  await page.getByText('serving in harbor').first().waitFor()
  expect(await page.getByText('serving in quay').count()).toBe(0)
  await page.goBack()
  await ways.getByRole('link', { name: 'Traces' }).click()
  await page.getByText('6 traces').or(page.getByText('POST /orders').first()).first().waitFor()
  expect(queryOf(page).get('search')).toBe(own)
  await page.goBack()
  await page.getByRole('link', { name: dying.node, exact: true }).click()
  await page.getByRole('heading', { level: 1, name: dying.node }).waitFor()
  await page.getByRole('tab', { name: 'Pods' }).click()
  await page.getByRole('grid', { name: 'Pods' }).getByText(dying.name).waitFor()
  await page.goBack()
  await page.goBack()
  await page.getByRole('link', { name: dying.workload, exact: true }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Deployment' }).waitFor()
  await page.getByRole('link', { name: 'harbor', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Cluster' }).waitFor()
})

journey('a name in two clusters is two pods, and one is chosen', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  await visit(page, pathOf(dying.name))
  const choices = page.getByRole('grid', { name: /Several things/ })
  for (const cluster of ['harbor', 'quay']) await choices.getByText(cluster).waitFor()
  expect(await page.getByRole('region', { name: 'Timeline' }).count()).toBe(0)
  const row = choices.getByRole('row').filter({ hasText: 'quay' })
  await row.getByRole('link', { name: dying.name }).click()
  await page.getByRole('heading', { level: 1, name: dying.name }).waitFor()
  expect(queryOf(page).get('cluster')).toBe('quay')
  await page.getByRole('grid', { name: 'Logs' }).getByText('serving in quay').waitFor()
  expect(await page.getByText('serving in harbor').count()).toBe(0)
})

journey('an address that says less finds the one thing that it means', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  await visit(page, `/kubernetes/entity/workload/-/checkout?${hour}&cluster=quay`)
  await page.getByRole('heading', { level: 1, name: 'Deployment' }).waitFor()
  await expect
    .poll(() => new URL(page.url()).pathname)
    .toBe('/kubernetes/entity/deployment/shop/checkout')
  await visit(page, `/kubernetes/entity/pod/-/nobody-knows-it?${hour}`)
  await page.getByText('Nothing is known of nobody-knows-it').waitFor()
})

journey('what is gone still opens, and says when it went', {}, async (page) => {
  await arrives(page, dyingAt('quay'))
  await visit(page, `${pathOf('checkout-gone')}&cluster=quay`)
  await page.getByText(/^Deleted .* This is how it last was/).waitFor()
  await page.getByRole('grid', { name: 'Containers' }).getByText('shop/checkout:2.3.1').waitFor()
  await page.getByRole('tab', { name: 'Changes' }).click()
  await page.getByRole('grid', { name: 'Changes' }).getByText('Deleted').waitFor()
})

journey('versions are compared, any two of them, and the address keeps it', {}, async (page) => {
  const address = `${pathOf('checkout', 'deployment')}&cluster=harbor&tab=yaml`
  await arrives(page, address)
  await page.getByText('image: shop/checkout:2.3.1').waitFor()
  const versions = page.getByRole('list', { name: 'Versions' })
  await versions.getByRole('button', { name: /Modified/ }).click()
  const diff = page.getByRole('region', { name: 'Lines that differ' })
  await diff.getByText('image: shop/checkout:2.3.0').waitFor()
  await diff.getByText('image: shop/checkout:2.3.1').waitFor()
  await page.reload()
  await diff.getByText('image: shop/checkout:2.3.0').waitFor()
  await page.getByRole('button', { name: /Compared with/ }).click()
  await page.getByRole('menuitem', { name: 'Nothing' }).click()
  await diff.waitFor({ state: 'detached' })
  await page.getByText('image: shop/checkout:2.3.1').waitFor()
})

journey('one container alone, and the lines of one severity', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  const containers = page.getByRole('grid', { name: 'Containers' })
  await containers
    .getByRole('row')
    .nth(1)
    .getByText('Waiting')
    .or(containers.getByText('OOMKilled').first())
    .first()
    .click()
  await page.getByText(`Only the container ${dying.workload} is shown`).waitFor()
  expect(queryOf(page).get('container')).toBe(dying.workload)
  await settled(page)
  await page.getByRole('grid', { name: 'Logs' }).getByText(last_line).waitFor()
  await page.getByRole('button', { name: 'Show all containers' }).click()
  expect(queryOf(page).get('container')).toBe(null)
})

journey('a record leads to its pod', {}, async (page) => {
  await arrives(page, dyingAt('harbor'))
  const search = encodeURIComponent(`"${last_line} in harbor"`)
  await visit(page, `/logs?${hour}&search=${search}`)
  await page.getByRole('grid').last().getByText(last_line).first().click()
  const drawer = page.getByRole('complementary')
  await drawer.getByRole('link', { name: dying.name }).first().click()
  await page.getByRole('heading', { level: 1, name: dying.name }).waitFor()
  expect(queryOf(page).get('cluster')).toBe('harbor')
})

for (const theme of ['dark', 'light'] as const) {
  journey(`the page of a thing is accessible in ${theme}`, { theme }, async (page) => {
    await arrives(page, dyingAt('harbor'))
    for (const tab of ['logs', 'events', 'changes', 'ends', 'yaml']) {
      await visit(page, `${dyingAt('harbor')}&tab=${tab}`)
      expect(await findings(page, theme), tab).toEqual([])
    }
  })
}
