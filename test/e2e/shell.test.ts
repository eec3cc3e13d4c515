/** The shell: keys, commands, time, language and theme. */
import { expect } from 'vitest'
import { journey, queryOf, settled, visit } from './journey.ts'

journey('keys lead everywhere, and the overlay lists them', {}, async (page) => {
  await visit(page, '/')
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keyboard' })
  await help.getByText('Go to Logs').waitFor()
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.getByRole('heading', { level: 1, name: 'Logs' }).waitFor()
  await settled(page)
  await page.keyboard.press('/')
  expect(
    await page.getByRole('combobox', { name: 'Search' }).evaluate((it) => it.matches(':focus')),
  ).toBe(true)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Record' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary', { name: 'Record' }).waitFor({ state: 'detached' })
})

journey('the palette finds pages, services and settings', {}, async (page) => {
  await visit(page, '/')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('payment')
  await page.getByRole('option', { name: 'payment', exact: true }).first().waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'payment' }).waitFor()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('last 24')
  await page.getByRole('option', { name: 'Last 24 hours' }).waitFor()
  await page.keyboard.press('Enter')
  await expect.poll(() => queryOf(page).get('from')).toBe('now-24h')
  await settled(page)
})

journey('quick and exact ranges are in the address, and Back undoes them', {}, async (page) => {
  await visit(page, '/traces')
  await page.getByRole('button', { name: 'Last 15 minutes' }).click()
  await page.getByRole('button', { name: 'Last 3 hours' }).click()
  await expect.poll(() => queryOf(page).get('from')).toBe('now-3h')
  await settled(page)
  await page.getByRole('button', { name: 'Last 3 hours' }).click()
  await page.getByRole('textbox', { name: 'From' }).fill('now-40m')
  await page.getByRole('textbox', { name: 'To' }).fill('now-10m')
  await page.getByRole('button', { name: 'Apply range' }).click()
  await expect.poll(() => queryOf(page).get('to')).toBe('now-10m')
  await settled(page)
  await page.goBack()
  await page.getByRole('button', { name: 'Last 3 hours' }).waitFor()
  await page.goBack()
  await page.getByRole('button', { name: 'Last 15 minutes' }).waitFor()
  await settled(page)
})

journey('the scope narrows every question', {}, async (page) => {
  await visit(page, '/services?from=now-1h&to=now')
  await page.getByRole('button', { name: /Everywhere/ }).click()
  await page.keyboard.type('payments')
  await page
    .getByRole('option', { name: /payments/ })
    .first()
    .click()
  await expect.poll(() => queryOf(page).get('namespace')).toBe('payments')
  await settled(page)
  const list = page.getByRole('grid', { name: 'List' })
  const names = await list.locator('a[title^="service "]').allTextContents()
  expect(names.sort()).toEqual(['fraud-check', 'payment'])
})

const titles = { en: 'Logs', ko: '로그', es: 'Registros' } as const

journey('language and theme change at once and stay', {}, async (page) => {
  await visit(page, '/logs')
  let title: string = titles.en
  for (const [name, next] of [
    ['한국어', titles.ko],
    ['Español', titles.es],
  ] as const) {
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await settled(page)
    await page.getByRole('banner').getByRole('button').last().click()
    await page.getByRole('menuitem', { name }).click()
    title = next
  }
  await page.getByRole('heading', { level: 1, name: titles.es }).waitFor()
  await settled(page)
  await page.getByRole('banner').getByRole('button').last().click()
  await page.getByRole('menuitem', { name: 'Claro', exact: true }).click()
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  expect(await ground()).toBe('rgb(247, 247, 249)')
  await page.reload()
  await page.getByRole('heading', { level: 1, name: titles.es }).waitFor()
  expect(await ground()).toBe('rgb(247, 247, 249)')
  await settled(page)
})
