/**
 * Dashboards: a shipped one is read and copied, panels are made from fields, moved and saved with
 * their history, Grafana's are imported, and everything is as accessible as other pages.
 */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { kubernetes } from '../dashboards/grafana-inputs.ts'
import { answerQuery } from '../dashboards/query-answers.ts'
import { findings } from './accessibility.ts'
import { journey, queryOf, settled, visit } from './journey.ts'

/** What panels ask is answered here: these journeys are about dashboards, not about languages. */
async function answered(page: Page): Promise<string[]> {
  const asked: string[] = []
  await page.route('**/api/ask', async (route) => {
    const { question, ask } = route.request().postDataJSON()
    const answer = answerQuery(question, ask)
    if (answer === undefined) return route.continue()
    asked.push(ask.query ?? ask.label)
    return route.fulfill({ json: { answer } })
  })
  return asked
}

const panelOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function menu(page: Page, panel: string, item: string): Promise<void> {
  await panelOf(page, panel)
    .getByRole('button', { name: `Actions for ${panel}` })
    .click()
  await page.getByRole('menuitem', { name: item }).click()
}

async function removeOwn(page: Page): Promise<void> {
  const headers = { 'x-crowsnest': '1' }
  const { dashboards } = await (await page.request.get('/api/dashboards', { headers })).json()
  for (const { id, is_shipped } of dashboards) {
    if (!is_shipped) await page.request.delete(`/api/dashboards/${id}`, { headers })
  }
}

journey('a shipped dashboard is found, starred, read and shared', {}, async (page) => {
  const asked = await answered(page)
  await visit(page, '/dashboards')
  await page.getByRole('textbox', { name: 'Find by name, tag or description' }).fill('workl')
  await expect.poll(() => page.getByRole('row').count()).toBe(2)
  await page.getByRole('button', { name: 'Star Kubernetes workloads' }).click()
  await page.getByRole('button', { name: 'Starred', exact: true }).click()
  await page.getByRole('link', { name: 'Kubernetes workloads' }).click()
  await settled(page)
  await panelOf(page, 'CPU by workload').getByText('catalog').first().waitFor()
  expect(queryOf(page).get('from')).toBe('now-1h')
  await page.getByRole('button', { name: /^Namespace/ }).click()
  await page.getByRole('button', { name: 'shop', exact: true }).click()
  await expect.poll(() => queryOf(page).getAll('var-namespace')).toEqual(['shop'])
  await expect.poll(() => asked.some((query) => query.includes('namespace=~"shop"'))).toBe(true)
  // What is far below was not asked for.
  expect(asked.some((query) => query.includes('k8s_volume_available'))).toBe(false)
  await page.keyboard.press('Escape')
  await menu(page, 'CPU by workload', 'View alone')
  await page.getByRole('button', { name: 'Back to the dashboard' }).waitFor()
  expect(await page.locator('main section[aria-busy]').count()).toBe(1)
  await page.keyboard.press('Escape')
  await panelOf(page, 'Pods').first().waitFor()
  await page.goto('/dashboards')
  await page.getByRole('button', { name: 'Remove star of Kubernetes workloads' }).click()
})

journey(
  'a copy is edited: a panel from a field, moved by keys, saved, restored',
  {},
  async (page) => {
    await answered(page)
    await removeOwn(page)
    await visit(page, '/dashboards/redis')
    await page.getByRole('button', { name: 'Edit a copy' }).click()
    await page.getByRole('button', { name: 'Add panel' }).click()
    await page.getByRole('menuitem', { name: 'Time series' }).click()
    await page.getByRole('button', { name: /^service/ }).click()
    await page.getByRole('button', { name: /^Most Bars/ }).click()
    await panelOf(page, 'service').getByText('checkout').waitFor()
    await page.getByRole('textbox', { name: 'Title' }).fill('Lines by service')
    await page.getByRole('button', { name: 'Back to the dashboard' }).click()
    await menu(page, 'Hits', 'Remove')
    await page.getByRole('button', { name: 'Undo' }).click()
    const moved = page.getByRole('group', { name: /^Memory\./ })
    await moved.focus()
    await page.keyboard.press('Shift+ArrowLeft')
    await page.getByText('Not saved').waitFor()
    // What is not saved outlives a look elsewhere.
    await page.reload()
    await page.getByText('Not saved').waitFor()
    await page.getByRole('textbox', { name: 'What changed' }).fill('lines by service')
    await page.keyboard.press('Control+s')
    await page.getByText('Redis (copy) is saved').waitFor()
    await panelOf(page, 'Lines by service').waitFor()
    expect(new URL(page.url()).pathname).toMatch(/^\/dashboards\/[a-z0-9]{12}$/)

    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await menu(page, 'Lines by service', 'Remove')
    await page.keyboard.press('Control+s')
    await page.getByRole('button', { name: 'Edit', exact: true }).waitFor()
    expect(await panelOf(page, 'Lines by service').count()).toBe(0)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Versions' }).click()
    await page.getByRole('button', { name: 'Changes', exact: true }).first().click()
    await page.locator('pre [data-kind="out"]').first().waitFor()
    await page.getByRole('button', { name: 'Restore', exact: true }).click()
    await panelOf(page, 'Lines by service').waitFor()

    await visit(page, '/dashboards')
    await page.getByRole('button', { name: 'Actions for Redis (copy)' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('link', { name: 'Redis (copy)' }).waitFor()
  },
)

journey('a Grafana dashboard is imported with its report', {}, async (page) => {
  await answered(page)
  await visit(page, '/dashboards')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  const text = page.getByRole('textbox', { name: 'Dashboard as JSON' })
  await text.fill('{"panels": 1')
  await page.getByRole('alert').waitFor()
  await text.fill(JSON.stringify(kubernetes))
  await page.getByText('Override by byType is left out').waitFor()
  await page.getByRole('button', { name: 'Import Cluster' }).click()
  await panelOf(page, 'Pods of shop').waitFor()
  await panelOf(page, 'CPU').getByText('Real', { exact: true }).waitFor()
})

journey('what fails, warns, is empty or capped is told', { refusals: [400] }, async (page) => {
  await page.route('**/api/ask', async (route) => {
    const { question, ask } = route.request().postDataJSON()
    if (question !== 'query.run') return route.continue()
    const told = { warnings: [], infos: [], capped: false, took_ms: 1 }
    const empty = { ...told, kind: 'series', step_ms: 1, time_ms: [], labels: [], values: [] }
    const one = { ...empty, time_ms: [ask.to_ms], labels: [{}], values: [[7]] }
    if (ask.query.includes('commands')) {
      const fault = { code: 'query_failed', says: 'No such word.', do: 'Look.', details: {} }
      return route.fulfill({ status: 400, json: { fault } })
    }
    if (ask.query.includes('clients')) {
      const warnings = ['it might be no counter']
      return route.fulfill({ json: { answer: { ...one, warnings, capped: true } } })
    }
    return route.fulfill({ json: { answer: empty } })
  })
  await page.route('**/api/dashboards/redis', async (route) => {
    const whole = await (await route.fetch()).json()
    await route.fulfill({ json: { ...whole, dashboard: { ...whole.dashboard, variables: [] } } })
  })
  await visit(page, '/dashboards/redis')
  await panelOf(page, 'Commands').first().getByText('No such word.').waitFor()
  await panelOf(page, 'Clients').first().getByText('it might be no counter').waitFor()
  await panelOf(page, 'Hits').getByText('Nothing in this time range').waitFor()
})

const looked = [
  '/dashboards?',
  '/dashboards/kubernetes-cluster?',
  '/dashboards/new?copy=kubernetes-nodes&edit=1&',
  '/dashboards/new?copy=kubernetes-nodes&edit=1&panel=load&',
  '/dashboards?import=1&',
]
/** Where the most colours are. */
const coloured = [looked[1], looked[3]]

for (const theme of ['dark', 'light'] as const) {
  journey(`dashboards have no finding of axe, ${theme}`, { theme }, async (page) => {
    await answered(page)
    for (const address of theme === 'light' ? coloured : looked) {
      await visit(page, `${address}from=now-1h&to=now`)
      await page.waitForLoadState('networkidle')
      expect(await findings(page, theme), address).toEqual([])
    }
  })
}

const phone = { width: 390, height: 844 }
journey('a dashboard on a phone, in Korean', { size: phone, language: 'ko' }, async (page) => {
  await answered(page)
  await visit(page, '/dashboards/kubernetes-cluster')
  const over = (await page.evaluate(
    '[...document.querySelectorAll("main")].map((it) => it.scrollWidth - it.clientWidth)',
  )) as number[]
  expect(over.filter((pixels) => pixels > 0)).toEqual([])
})
