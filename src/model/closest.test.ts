/** Slips are recognised, other words are left alone. */
import { expect, test } from 'vitest'
import { closest } from './closest.ts'

test('the nearest known word', () => {
  const known = ['listen.otlp_grpc', 'listen.otlp_http', 'store.dir', 'demo']
  const f = (word: string, expected: string | undefined) =>
    expect(closest(word, known)).toBe(expected)
  f('listen.otlp_grcp', 'listen.otlp_grpc')
  f('LISTEN.OTLP_HTTP', 'listen.otlp_http')
  f('store.dri', 'store.dir')
  f('stor.dir', 'store.dir')
  f('dmeo', 'demo')
  f('demo', 'demo')
  f('retention', undefined)
  f('x', undefined)
  f('', undefined)
})
