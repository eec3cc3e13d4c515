/** Every page opens, is named, and asks nothing that fails. */
import { expect } from 'vitest'
import { journey, visit } from './journey.ts'

const pages = {
  Overview: '/',
  Logs: '/logs',
  Traces: '/traces',
  Services: '/services',
  Metrics: '/metrics/explore',
  Settings: '/settings',
}

for (const [title, address] of Object.entries(pages)) {
  journey(`${title} opens`, {}, async (page) => {
    await visit(page, address)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(title)
    expect(await page.title()).toContain(title)
  })
}
