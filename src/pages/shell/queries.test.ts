/** The shell's questions on the real engine: places once each, things best match first. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { everything, type Question } from '../../model/question.ts'
import { findEntities, scopePlaces } from './contract.ts'
import { shellAnswerers } from './queries.ts'

const now_ms = Date.UTC(2026, 2, 9, 12)
let fixture: FixtureStore

beforeAll(async () => {
  fixture = await openFixtureStore()
  const time = now_ms - 4 * 3_600_000
  const resource = (resource_id: number, words: Record<string, string>) => ({
    resource_id: String(resource_id),
    time,
    cluster: 'prod',
    ...words,
  })
  await fixture.add('resources', [
    resource(1, { namespace: 'shop', service: 'checkout', pod: 'checkout-1', node: 'node-1' }),
    resource(2, { namespace: 'shop', service: 'checkout', pod: 'checkout-2', node: 'node-2' }),
    resource(3, { namespace: 'pay', service: 'my-checkout' }),
    resource(4, { cluster: 'edge', namespace: '', service: "o'hare" }),
  ])
})
afterAll(() => fixture.close())

function ask<Ask, Answer>(
  question: Question<Ask, Answer>,
  asked: unknown,
  scope = everything,
): Promise<Answer> {
  const answerer = shellAnswerers.find((one) => one.question.name === question.name)
  if (answerer === undefined) throw new Error(`nothing answers ${question.name}`)
  const context = { store: fixture.store, scope, now_ms }
  return answerer.answer(question.ask.parse(asked), context) as Promise<Answer>
}

const range = { from_ms: now_ms - 3_600_000, to_ms: now_ms }

test('places are told once, in order, within the caller’s scope', async () => {
  expect(await ask(scopePlaces, range)).toEqual({
    cluster: ['edge', 'prod', 'prod'],
    namespace: ['', 'pay', 'shop'],
  })
  const scope = { clusters: ['edge'], namespaces: 'all', classes: 'all' }
  expect(await ask(scopePlaces, range, scope as never)).toEqual({
    cluster: ['edge'],
    namespace: [''],
  })
})

test('things are found by part of their name, best first', async () => {
  expect(await ask(findEntities, { ...range, typed: 'CHECK' })).toEqual({
    kind: ['service', 'pod', 'pod', 'service'],
    name: ['checkout', 'checkout-1', 'checkout-2', 'my-checkout'],
  })
  expect(await ask(findEntities, { ...range, typed: "o'h" })).toEqual({
    kind: ['service'],
    name: ["o'hare"],
  })
})
