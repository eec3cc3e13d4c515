/** Who has which settings, and what a form amounts to. */
import { expect, test } from 'vitest'
import { appliedOf, rowsOf, settingsOf, settingsText } from './prepare.ts'

const config = (name: string) => ({
  name,
  service: 'shop',
  environment: '',
  agent_name: '',
  settings: {},
  updated_ms: 0,
  updated_by: 'ada',
})
const asks = (config: string, applied_ms: number) => ({
  ...{ service: 'shop', environment: '' },
  ...{ config, applied_ms, asked_ms: 1 },
})

test('settings are applied where the agent said so', () => {
  const asking = [asks('shop|', 5), asks('shop|', 0), asks('|', 7), asks('', 0)]
  expect(appliedOf(config('shop|'), asking)).toEqual({ asked: 2, applied: 1 })
  expect(appliedOf(config('cart|'), asking)).toEqual({ asked: 0, applied: 0 })
})

test('rows of a form are settings, and settings rows', () => {
  const settings = { log_level: 'info', recording: 'true' }
  expect(settingsOf(rowsOf(settings))).toEqual(settings)
  expect(
    settingsOf([
      { id: 1, key: ' a ', value: ' 1 ' },
      { id: 2, key: '', value: '2' },
      { id: 3, key: 'c', value: '' },
      { id: 4, key: 'a', value: '4' },
    ]),
  ).toEqual({ a: '4' })
  expect(settingsText(settings)).toBe('log_level=info · recording=true')
})
