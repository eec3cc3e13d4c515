/** Settings: a token is shown once, and revoked for good, even when the page is left at once. */
import { expect } from 'vitest'
import { journey, settled, visit } from './journey.ts'

journey('a token is created, shown once and revoked', {}, async (page) => {
  const name = `journey-${Date.now()}`
  await visit(page, '/settings')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('textbox', { name: 'Cluster' }).fill('harbour')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText(`Token ${name} is ready`).waitFor()
  const secret = await page.locator('code').first().textContent()
  expect(secret?.length).toBeGreaterThan(20)
  await page.getByRole('button', { name: 'Done' }).click()
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  const row = page.getByRole('row').filter({ hasText: name })
  await row.getByText('revoked').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await row.getByText('active').waitFor()
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  await row.getByText('revoked').waitFor()
  await page.goto('/logs')
  await settled(page)
  await expect
    .poll(async () => {
      const answer = await page.request.get('/api/tokens')
      const { tokens } = (await answer.json()) as { tokens: { name: string; revoked_ms: number }[] }
      return tokens.find((token) => token.name === name)?.revoked_ms
    })
    .toBeGreaterThan(0)
})
