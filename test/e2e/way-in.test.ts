/** The way in: the one-time link, empty pages that say what to do, signing in and out. */
import type { Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { journey, settled, visit } from './journey.ts'
import { admin } from './stage.ts'

journey(
  'the printed link creates the administrator; every page says what to do',
  { on: 'fresh' },
  async (page) => {
    await page.goto(inject('stage').fresh.setup_url)
    await page.getByLabel('Password', { exact: true }).fill(admin.password)
    await page.getByLabel('Password again').fill(admin.password)
    await page.getByRole('button', { name: 'Create administrator' }).click()
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    await settled(page)
    await page.getByText('OTEL_EXPORTER_OTLP_ENDPOINT').waitFor()
    const empty = {
      '/logs': 'No record matches',
      '/traces': 'No trace matches',
      '/services': 'No service was called in this time range',
      '/services?view=map': 'No calls between services in this time range',
      '/metrics/explore': 'No metric arrived in this time range',
      '/settings': 'No tokens yet',
    }
    for (const [address, says] of Object.entries(empty)) {
      await visit(page, address)
      await page.getByText(says).first().waitFor()
    }
  },
)

const fillIn = async (page: Page, password: string) => {
  await page.getByLabel('Name').fill(admin.name)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

journey(
  'signing in leads to the address that was asked for; signing out ends it',
  { signedOut: true, refusals: [401] },
  async (page) => {
    await page.goto('/logs?search=severity:error')
    await fillIn(page, 'not the password')
    await page.getByRole('alert').waitFor()
    await fillIn(page, admin.password)
    await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor()
    expect(page.url()).toContain('search=severity')
    await settled(page)
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    const answer = await page.request.post('/api/ask', {
      data: { question: 'logs.histogram', ask: {} },
      headers: { 'x-crowsnest': '1' },
    })
    expect(answer.status()).toBe(401)
  },
)
