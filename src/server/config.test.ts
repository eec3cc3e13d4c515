/**
 * What a person writes in flags, variables and the file, and what it becomes or why it is refused.
 */
import { describe, expect, test } from 'vitest'
import { Fault } from '../model/faults.ts'
import { keys, readConfig, variableOf } from './config.ts'

type Given = { args?: string[]; env?: Record<string, string>; file?: string; at?: string }
const read = ({ args = [], env = {}, file, at = 'crowsnest.yaml' }: Given) =>
  readConfig({ args, env, read: (path) => (path === at ? file : undefined) })

function at(given: Given, key: string): unknown {
  const [group, member] = key.split('.') as [string, string | undefined]
  const config = read(given) as unknown as Record<string, Record<string, unknown>>
  return member === undefined ? config[group] : config[group]?.[member]
}

test('a value arrives from each source', () => {
  const f = (given: Given, key: string, expected: unknown) =>
    expect(at(given, key)).toEqual(expected)
  f({}, 'listen.ui', '127.0.0.1:4300')
  f({}, 'demo', false)
  f({ args: ['--demo'] }, 'demo', true)
  f({ args: ['--demo=false'] }, 'demo', false)
  f({ args: ['--demo', 'false', '--log.level', 'warn'] }, 'demo', false)
  f({ args: ['--demo', '--log.level', 'warn'] }, 'log.level', 'warn')
  f({ args: ['--listen.ui=0.0.0.0:80', '--listen.insecure'] }, 'listen.insecure', true)
  f({ args: ['--listen.otlp_grpc=[::1]:0'] }, 'listen.otlp_grpc', '[::1]:0')
  f({ args: ['--listen.otlp_grpc=off'] }, 'listen.otlp_grpc', 'off')
  f({ args: ['--store.dir=/var/a=b'] }, 'store.dir', '/var/a=b')
  f({ args: ['--store.memory_bytes_max=512MiB'] }, 'store.memory_bytes_max', 512 * 1024 ** 2)
  f({ env: { CROWSNEST_LISTEN_OTLP_GRPC: 'host:9' } }, 'listen.otlp_grpc', 'host:9')
  f({ env: { CROWSNEST_RETENTION_LOGS_DAYS: '3' } }, 'retention.logs_days', 3)
  f({ env: { CROWSNEST_DEMO: 'true' } }, 'demo', true)
  f({ env: { PATH: '/bin' } }, 'demo', false)
  f({ file: 'store:\n  dir: /x\ndemo: true\n' }, 'store.dir', '/x')
  f({ file: 'store.dir: /x' }, 'store.dir', '/x')
  f({ file: 'retention: { logs_days: 5 }' }, 'retention.logs_days', 5)
  f({ file: '' }, 'demo', false)
  f({ args: ['--config=/etc/c.yaml'], file: 'demo: true', at: '/etc/c.yaml' }, 'demo', true)
  f({ env: { CROWSNEST_CONFIG: 'c.yaml' }, file: 'demo: true', at: 'c.yaml' }, 'demo', true)
})

test('flags win over variables, variables over the file', () => {
  const file = 'log: { level: error }'
  const env = { CROWSNEST_LOG_LEVEL: 'warn' }
  expect(at({ file }, 'log.level')).toBe('error')
  expect(at({ file, env }, 'log.level')).toBe('warn')
  expect(at({ file, env, args: ['--log.level=debug'] }, 'log.level')).toBe('debug')
})

test('the variables that Kubernetes sets for a Service named crowsnest are not ours', () => {
  const env = {
    CROWSNEST_SERVICE_HOST: '10.0.0.1',
    CROWSNEST_SERVICE_PORT: '4300',
    CROWSNEST_SERVICE_PORT_OTLP_GRPC: '4317',
    CROWSNEST_PORT: 'tcp://10.0.0.1:4300',
    CROWSNEST_PORT_4300_TCP_ADDR: '10.0.0.1',
    CROWSNEST_PORT_4300_TCP: 'tcp://10.0.0.1:4300',
    CROWSNEST_INGEST_SERVICE_HOST: '10.0.0.2',
  }
  expect(at({ env }, 'listen.ui')).toBe('127.0.0.1:4300')
})

describe('refusals name the key and the way out', () => {
  const f = (given: Given, code: string, ...words: string[]) => {
    const fault = catchFault(() => read(given))
    expect(fault.code).toBe(code)
    for (const word of words) expect(`${fault.message} ${fault.answer().do}`).toContain(word)
  }
  test('unknown keys', () => {
    f({ args: ['--listen.otlp_grcp=x'] }, 'config_unknown', 'Did you mean listen.otlp_grpc?')
    f({ args: ['demo'] }, 'config_unknown', 'Did you mean demo?')
    f({ args: ['--nonsense_here'] }, 'config_unknown', 'docs/config.md')
    f({ env: { CROWSNEST_STORE_DRI: '/x' } }, 'config_unknown', 'CROWSNEST_STORE_DIR')
    f({ file: 'store: { dirr: /x }' }, 'config_unknown', 'store.dirr', 'store.dir?')
    f({ file: 'stor: { dir: /x }' }, 'config_unknown', 'stor')
    f({ file: 'constructor: { dir: /x }' }, 'config_unknown', 'constructor')
  })
  test('values out of bounds', () => {
    f({ args: ['--retention.logs_days=0'] }, 'config_invalid', 'retention.logs_days', '1 to 3650')
    f({ args: ['--retention.logs_days=1.5'] }, 'config_invalid', '1 to 3650')
    f({ file: 'retention: { logs_days: 1.5 }' }, 'config_invalid', '1 to 3650', '1.5')
    f({ args: ['--retention.logs_days='] }, 'config_invalid', 'got ""')
    f({ args: ['--store.dir'] }, 'config_invalid', 'path', 'nothing')
    f({ args: ['--store.memory_bytes_max=1KiB'] }, 'config_invalid', '256MiB to 1TiB')
    f({ args: ['--store.memory_bytes_max=2GB'] }, 'config_invalid', '256MiB to 1TiB')
    f({ args: ['--listen.ui=4300'] }, 'config_invalid', 'host:port, or off')
    f({ args: ['--listen.ui=127.0.0.1:70000'] }, 'config_invalid', 'host:port, or off')
    f({ args: ['--listen.ui=::1:80'] }, 'config_invalid', 'host:port, or off')
    f({ args: ['--store.url=ftp://x'] }, 'config_invalid', 'https://')
    f({ args: ['--log.level=loud'] }, 'config_invalid', 'debug, info, warn, error')
    f({ args: ['--demo=yes'] }, 'config_invalid', 'true or false')
    f({ file: 'store: 5' }, 'config_invalid', 'store')
    f({ file: '- a' }, 'config_invalid', 'keys')
    f({ file: 'a: [' }, 'config_invalid', 'YAML')
    f({ args: ['--config=/none.yaml'] }, 'config_invalid', '/none.yaml')
  })
  test('a secret is not repeated', () => {
    const fault = catchFault(() => read({ file: 'store: { password: [hunter2] }' }))
    expect(JSON.stringify(fault.answer())).not.toContain('hunter2')
  })
})

test('every key has a sentence, a bound, a default inside it and a variable of its own', () => {
  const variables = new Set([...keys.keys()].map(variableOf))
  expect(variables.size).toBe(keys.size)
  for (const [key, { about, ...setting }] of keys) {
    expect(about.says, key).toMatch(/^[A-Z`p].*\.$/)
    expect(about.bound, key).not.toBe('')
    expect(setting, key).toBeDefined()
    expect(() => read({}), key).not.toThrow()
  }
})

function catchFault(run: () => unknown): Fault {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('expected a Fault')
}
