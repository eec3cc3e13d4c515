/** What a policy may say, and that passwords go in and never come out. */
import { expect, test } from 'vitest'
import { policySchema } from '../model/policy.ts'
import { hidden, hideSecrets, keepSecrets } from './hidden.ts'
import { valid, validate } from './validate.ts'

const logs = (settings: object) => ({
  integrations: [{ id: 'logs', type: 'container_logs', settings }],
})

test('what is wrong is named by its place', () => {
  const f = (document: unknown, expected: string | undefined) => {
    const result = validate(document)
    const [first] = 'issues' in result ? result.issues : []
    expect(first?.path.join('.')).toBe(expected)
  }
  f({ integrations: [] }, undefined)
  f(logs({ exclude_lines: ['^a+$'] }), undefined)
  f(logs({ exclude_lines: ['^a+$', '(b'] }), 'integrations.0.settings.exclude_lines.1')
  f(logs({ exclude_lines: ['(?<=a)b'] }), 'integrations.0.settings.exclude_lines.0')
  f(logs({ multiline: { kind: 'pattern' } }), 'integrations.0.settings.multiline.pattern')
  f(
    logs({ multiline: { kind: 'pattern', pattern: '[' } }),
    'integrations.0.settings.multiline.pattern',
  )
  f(logs({ unknown: 1 }), 'integrations.0.settings')
  f(null, '')
  expect(() => valid(logs({ exclude_lines: ['('] }))).toThrow(/exclude_lines.0: /)
})

const redis = (id: string, password: string, host: string) => ({
  id,
  type: 'redis',
  settings: { hosts: [host, 'plain:6379'], password },
})
const parsed = (...integrations: object[]) => policySchema.parse({ integrations })

test('a browser sees dots, and dots that come back keep what was there', () => {
  const url = 'postgres://ada:s3cret@db:5432/x'
  const policy = parsed(redis('a', 'hush', url), redis('b', '', 'h:1'))
  const shown = hideSecrets(policy)
  expect(JSON.stringify(shown)).not.toMatch(/hush|s3cret/)
  expect(shown.integrations[0]?.settings).toMatchObject({
    password: hidden,
    hosts: [`postgres://ada:${hidden}@db:5432/x`, 'plain:6379'],
  })
  expect(shown.integrations[1]).toEqual(policy.integrations[1])
  expect(keepSecrets(shown, policy)).toEqual(policy)
  const changed = parsed(redis('a', 'new', 'h:2'))
  expect(keepSecrets(changed, policy)).toEqual(changed)
  // Under another name there is nothing to keep: dots are no password.
  const renamed = { integrations: [{ ...shown.integrations[0]!, id: 'c' }] }
  expect(keepSecrets(renamed as never, policy).integrations[0]?.settings).toMatchObject({
    password: '',
  })
})
