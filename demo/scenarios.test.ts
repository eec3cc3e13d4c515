/** The scenario switch: how orders are read, who hears of them, and when turns have any. */
import { expect, test } from 'vitest'
import { parseCommand } from './arguments.ts'
import { obey } from './control.ts'
import {
  parseScenario,
  type ScenarioOrder,
  ScenarioSwitch,
  scenarioNames,
  troubleInPast,
  turnAt,
} from './scenarios.ts'

test('an order is a scenario and on or off', () => {
  const f = (words: string[], expected: ScenarioOrder | RegExp) => {
    const read = parseScenario(words)
    if (expected instanceof RegExp) expect(read).toMatch(expected)
    else expect(read).toEqual(expected)
  }
  for (const scenario of scenarioNames) f([scenario, 'on'], { scenario, on: true })
  f(['slow-database'], { scenario: 'slow-database', on: true })
  f(['slow-database', 'off'], { scenario: 'slow-database', on: false })
  f(['slow-databse', 'on'], /no scenario "slow-databse".*slow-database/)
  f(['toString', 'on'], /no scenario "toString"/)
  f([], /no scenario ""/)
  f(['bad-deploy', 'maybe'], /on or off after bad-deploy, not "maybe"/)
  f(['bad-deploy', 'on', 'now'], /nothing may follow bad-deploy on: "now"/)
})

test('only changes are heard of', () => {
  const scenarios = new ScenarioSwitch()
  const heard: ScenarioOrder[] = []
  scenarios.onChange((order) => heard.push(order))
  const on = { scenario: 'bad-deploy', on: true } as const
  expect([scenarios.set(on), scenarios.set(on), scenarios.has('bad-deploy')]).toEqual([
    true,
    false,
    true,
  ])
  expect(scenarios.set({ ...on, on: false })).toBe(true)
  expect(heard).toEqual([on, { ...on, on: false }])
  expect(scenarios.list()).toEqual([])
})

test('the control line obeys, and says what it did', () => {
  const scenarios = new ScenarioSwitch()
  const f = (line: string, ok: boolean, says: RegExp, on: string[]) => {
    const answer = obey(line, scenarios)
    expect(answer.ok, line).toBe(ok)
    expect(answer.says).toMatch(says)
    expect(answer.scenarios.filter((each) => each.on).map((each) => each.scenario)).toEqual(on)
  }
  f('list', true, /^$/, [])
  f('retry-storm on', true, /retry-storm is now on/, ['retry-storm'])
  f('retry-storm on', true, /already on/, ['retry-storm'])
  f('nonsense on', false, /there is no scenario/, ['retry-storm'])
  f('retry-storm off', true, /now off/, [])
})

test('all in turn: each is on for the first half of its ten minutes', () => {
  const minute = 60_000
  expect(turnAt(0)).toBe('slow-database')
  expect(turnAt(4.9 * minute)).toBe('slow-database')
  expect(turnAt(5 * minute)).toBeUndefined()
  expect(turnAt(10 * minute)).toBe('failing-payment')
  expect(turnAt(50 * minute)).toBe('slow-database')
})

test('the past has one payment hiccup about twenty minutes ago', () => {
  const minute = 60_000
  expect(troubleInPast('failing-payment', 20 * minute)).toBe(true)
  expect(troubleInPast('failing-payment', 30 * minute)).toBe(false)
  expect(troubleInPast('failing-payment', 10 * minute)).toBe(false)
  expect(troubleInPast('slow-database', 20 * minute)).toBe(false)
})

test('the command line', () => {
  const f = (words: string[], expected: object) =>
    expect(parseCommand(words), words.join(' ')).toMatchObject(expected)
  f([], { does: 'run', http_url: 'http://127.0.0.1:4318', rate: 1, past_minutes: 40 })
  f(['--otlp', 'http://10.0.0.1:4318/', '--grpc', '10.0.0.1:4317'], {
    http_url: 'http://10.0.0.1:4318',
    grpc_address: '10.0.0.1:4317',
  })
  f(['--scenario', 'retry-storm', '--scenario', 'all-in-turn'], {
    scenarios: ['retry-storm'],
    all_in_turn: true,
  })
  f(['scenario', 'retry-storm', 'off'], { does: 'order', order: { on: false } })
  f(['scenario'], { does: 'list' })
  f(['scenario', 'none', 'on'], { does: 'refuse' })
  f(['--scenario', 'none'], { does: 'refuse' })
  f(['--rate', '1000'], {
    does: 'refuse',
    says: '--rate must be a number from 0.05 to 50, not "1000"',
  })
  f(['--rate', ''], { does: 'refuse' })
  f(['--strange'], { does: 'refuse' })
  f(['--otlp', 'nowhere'], { does: 'refuse' })
  f(['dance'], { does: 'refuse', says: 'unknown command "dance"' })
})
