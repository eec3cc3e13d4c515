/** Hints as people write them today, for Beats, Elastic Agent, Fluent Bit and Prometheus. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: hints have variables of their own.
import { expect, test } from 'vitest'
import type { ContainerInfo, PodInfo } from '../kubernetes/cluster.ts'
import { logHints, metricsHints, readMetricsHints } from './hints.ts'

function container(name: string, ports: ContainerInfo['ports'] = []): ContainerInfo {
  return { name, id: `id-${name}`, restart_count: 0, image: `${name}:1`, ports }
}

const redisPort = { name: 'redis', port: 6379 }

function pod(annotations: Record<string, string>, change: Partial<PodInfo> = {}): PodInfo {
  return {
    namespace: 'shop',
    name: 'redis-0',
    uid: 'u1',
    log_uid: 'u1',
    ip: '10.0.0.7',
    host_network: false,
    node: 'n1',
    started_ms: 0,
    labels: { 'app.kubernetes.io/name': 'redis' },
    annotations,
    owners: [{ kind: 'StatefulSet', name: 'redis', uid: '' }],
    workload_kind: 'StatefulSet',
    workload: 'redis',
    containers: [container('redis', [redisPort]), container('side')],
    phase: 'Running',
    is_deleted: false,
    ...change,
  }
}

const logs = (annotations: Record<string, string>, name = 'redis') =>
  logHints(pod(annotations), { name })
const input = (annotations: Record<string, string>) => logs(annotations).inputs[0]!

test('the Redis pod of a Beats user', () => {
  const redis = pod({
    'co.elastic.logs/enabled': 'true',
    'co.elastic.logs/module': 'redis',
    'co.elastic.logs/fileset.stdout': 'log',
    'co.elastic.metrics/enabled': 'true',
    'co.elastic.metrics/module': 'redis',
    'co.elastic.metrics/hosts': '${data.host}:6379',
  })
  expect(logHints(redis, { name: 'redis' })).toMatchObject({
    enabled: true,
    inputs: [{ module: 'redis', filesets: { stdout: ['log'], stderr: [] } }],
    problems: [],
  })
  expect(metricsHints(redis)).toEqual([
    {
      source: 'co.elastic.metrics',
      module: 'redis',
      metricsets: [],
      hosts: ['10.0.0.7:6379'],
      scheme: 'http',
      metrics_path: '',
      interval_ms: 60_000,
      timeout_ms: 3_000,
      namespace: '',
      username: '',
      password: '',
      include: [],
      exclude: [],
      container: '',
    },
  ])
})

test('without hints nothing is asked', () => {
  expect(logs({})).toMatchObject({
    enabled: undefined,
    exclude: { stdout: false, stderr: false },
    parser: { stdout: '', stderr: '' },
    inputs: [{ multiline: undefined, json: undefined, module: '', include_lines: [] }],
  })
  expect(readMetricsHints(pod({}))).toEqual({ targets: [], problems: [] })
})

test('enabled: the container beats the pod', () => {
  const f = (annotations: Record<string, string>, enabled: boolean | undefined) =>
    expect(logs(annotations).enabled).toBe(enabled)
  f({ 'co.elastic.logs/enabled': 'false' }, false)
  f({ 'co.elastic.logs/enabled': 'false', 'co.elastic.logs.redis/enabled': 'true' }, true)
  f({ 'co.elastic.logs/enabled': 'false', 'co.elastic.logs.side/enabled': 'true' }, false)
  f({ 'co.elastic.logs/enabled': 'maybe' }, undefined)
  f({ 'co.elastic.hints/enabled': 'false' }, false)
})

test('how lines are joined and parsed', () => {
  expect(
    input({
      'co.elastic.logs/multiline.pattern': '^\\[',
      'co.elastic.logs/multiline.negate': 'true',
      'co.elastic.logs/multiline.match': 'after',
      'co.elastic.logs/multiline.max_lines': '50',
    }).multiline,
  ).toMatchObject({ kind: 'pattern', pattern: '^\\[', negate: true, match: 'after', lines_max: 50 })
  expect(
    input({
      'co.elastic.logs/multiline.type': 'count',
      'co.elastic.logs/multiline.count_lines': '3',
    }).multiline,
  ).toMatchObject({ kind: 'count', count_lines: 3 })
  expect(
    input({
      'co.elastic.logs/json.message_key': 'log',
      'co.elastic.logs/json.keys_under_root': 'true',
    }).json,
  ).toEqual({ message_key: 'log', keys_under_root: 'true' })
  expect(
    input({
      'co.elastic.logs/include_lines': '^ERR, ^WARN',
      'co.elastic.logs/exclude_lines': '^DBG',
      'co.elastic.logs/pipeline': 'mine',
      'co.elastic.logs/fileset': 'a,b',
      'co.elastic.logs/fileset.stderr': 'c',
    }),
  ).toMatchObject({
    include_lines: ['^ERR', '^WARN'],
    exclude_lines: ['^DBG'],
    pipeline: 'mine',
    filesets: { stdout: ['a', 'b'], stderr: ['a', 'b', 'c'] },
  })
})

test('numbered groups are inputs of their own, in order; what has no number comes last', () => {
  const f = logs({
    'co.elastic.logs/2.include_lines': 'two',
    'co.elastic.logs/10.include_lines': 'ten',
    'co.elastic.logs/exclude_lines': 'last',
    'co.elastic.logs/enabled': 'true',
  })
  expect(f.inputs.map((one) => one.include_lines[0] ?? one.exclude_lines[0])).toEqual([
    'two',
    'ten',
    'last',
  ])
  expect(f.enabled).toBe(true)
  const onlyNumbers = logs({ 'co.elastic.logs/1.module': 'a', 'co.elastic.logs/enabled': 'true' })
  expect(onlyNumbers.inputs).toHaveLength(1)
})

test('processors: numbered first, options dotted, or JSON', () => {
  const f = (annotations: Record<string, string>, expected: unknown) =>
    expect(input(annotations).processors).toEqual(expected)
  f(
    {
      'co.elastic.logs/processors.add_fields.target': 'x',
      'co.elastic.logs/processors.2.dissect.tokenizer': '%{a} %{b}',
      'co.elastic.logs/processors.1.drop_event.when.regexp.message': '^D',
    },
    [
      { name: 'drop_event', options: { 'when.regexp.message': '^D' } },
      { name: 'dissect', options: { tokenizer: '%{a} %{b}' } },
      { name: 'add_fields', options: { target: 'x' } },
    ],
  )
  f({ 'co.elastic.logs/processors': '[{"rename":{"fields":{"from":"a"}}},{"drop_event":{}}]' }, [
    { name: 'rename', options: { 'fields.from': 'a' } },
    { name: 'drop_event', options: {} },
  ])
})

test('what cannot be obeyed is told', () => {
  const f = (hint: string, value: string, told: RegExp) => {
    const { problems } = logs({ [`co.elastic.logs/${hint}`]: value })
    expect(problems.map(({ hint: name, reason }) => `${name}: ${reason}`).join()).toMatch(told)
  }
  f('raw', '{}', /raw: whole configurations/)
  f('multiline.negate', 'true', /multiline\.pattern: it is missing/)
  f('multiline.type', 'tree', /expected pattern, count or while_pattern, got tree/)
  f('processors', '{"a"', /no JSON of processors/)
})

test('Fluent Bit: the most exact annotation wins', () => {
  const f = logs({
    'fluentbit.io/exclude': 'true',
    'fluentbit.io/exclude_stderr-redis': 'false',
    'fluentbit.io/parser': 'json',
    'fluentbit.io/parser_stderr': 'regex',
    'fluentbit.io/parser-side': 'apache',
  })
  expect(f.exclude).toEqual({ stdout: true, stderr: false })
  expect(f.parser).toEqual({ stdout: 'json', stderr: 'regex' })
  expect(logs({ 'fluentbit.io/exclude_stderr-side': 'true' }).exclude.stderr).toBe(false)
})

test('Elastic Agent hints', () => {
  const annotations = {
    'co.elastic.hints/package': 'redis',
    'co.elastic.hints/data_streams': 'info, key',
    'co.elastic.hints/host': '${kubernetes.pod.ip}:6379',
    'co.elastic.hints/period': '1m30s',
    'co.elastic.hints/stream': 'stderr',
  }
  expect(input(annotations)).toMatchObject({
    module: 'redis',
    streams: { stdout: false, stderr: true },
  })
  expect(metricsHints(pod(annotations))).toMatchObject([
    { module: 'redis', metricsets: ['info', 'key'], hosts: ['10.0.0.7:6379'], interval_ms: 90_000 },
  ])
})

function hosts(text: string | undefined, change: Partial<PodInfo> = {}) {
  const asked = text === undefined ? {} : { 'co.elastic.metrics/hosts': text }
  const found = readMetricsHints(pod({ 'co.elastic.metrics/module': 'm', ...asked }, change), 'n9')
  const problems = found.problems.map(({ reason }) => reason)
  return [...found.targets.flatMap((target) => target.hosts), ...problems].join(' | ')
}

test('variables in hosts; unresolved ones are skipped with a reason', () => {
  const f = (text: string | undefined, expected: string) => expect(hosts(text)).toBe(expected)
  f('${data.host}:${data.port}', '10.0.0.7:6379')
  f('${data.host}:${data.ports.redis}', '10.0.0.7:6379')
  f('http://${data.host}:8080/x, ${data.host}:1', 'http://10.0.0.7:8080/x | 10.0.0.7:1')
  f(undefined, '10.0.0.7:6379')
  f('${data.host}:${data.ports.http}', '${data.ports.http} has no value')
  f('${data.host}:${HOME}', '${HOME} has no value')
  f('${kubernetes.shop.secret.key}:1', '${kubernetes.shop.secret.key} has no value')
  f('169.254.169.254:80', '169.254.169.254:80 is not an address of this pod')
  f('${data.host}@evil:80', 'evil:80 is not an address of this pod')
  f('10.0.0.7\\@evil:80', 'evil:80 is not an address of this pod')
  f('root:hush@tcp(${data.host}:3306)/', 'tcp(10.0.0.7:3306)/ is not an address of this pod')
  expect(hosts(undefined, { containers: [] })).toBe('the pod declares no port')
  expect(hosts('${data.host}:1', { ip: '' })).toBe('${data.host} has no value')
})

test('mysql: hosts as Go writes them, of this pod alone', () => {
  const f = (text: string, expected: string[], module = 'mysql') => {
    const annotations = { 'co.elastic.metrics/module': module, 'co.elastic.metrics/hosts': text }
    const found = readMetricsHints(pod(annotations))
    const problems = found.problems.map(({ reason }) => reason)
    expect([...found.targets.flatMap((target) => target.hosts), ...problems]).toEqual(expected)
    expect(problems.join()).not.toMatch(/hush/)
  }
  const own = 'root:hush@tcp(10.0.0.7:3306)/'
  f('root:hush@tcp(${data.host}:3306)/', [own])
  f('root:hush@tcp(${data.host}:3306)/', [own], 'mariadb')
  f('tcp(${data.host}:3306)/db?tls=true', ['tcp(10.0.0.7:3306)/db?tls=true'])
  f('${data.host}:3306', ['10.0.0.7:3306'])
  const refused = (shown: string) => [`${shown} is not an address of this pod`]
  f('root:hush@tcp(evil:3306)/', refused('tcp(evil:3306)/'))
  f('root:hush@tcp(10.0.0.7:1)@tcp(evil:1)/', refused('tcp(evil:1)/'))
  f('tcp(10.0.0.7:3306)@evil:1', refused('evil:1'))
  f('tcp(10.0.0.7\\@evil:3306)', refused('evil:3306)'))
  f('root:hush@unix(/run/mysqld.sock)/', refused('unix(/run/mysqld.sock)/'))
  // For another module the same text names another place: its own reading of URLs decides.
  f('evil:80/@tcp(10.0.0.7)', refused('tcp(10.0.0.7)'), 'redis')
})

test('variables in words', () => {
  const f = (text: string, namespace: string) => {
    const annotations = {
      'co.elastic.metrics/module': 'm',
      'co.elastic.metrics/namespace': text,
    }
    expect(metricsHints(pod(annotations), 'n9')[0]?.namespace).toBe(namespace)
  }
  f('${data.kubernetes.namespace}-${kubernetes.pod.name}', 'shop-redis-0')
  f('${data.kubernetes.labels.app_kubernetes_io/name}', 'redis')
  f('${data.kubernetes.labels.app.kubernetes.io/name}', 'redis')
  f('${data.kubernetes.statefulset.name}', 'redis')
  f('${NODE_NAME}', 'n9')
})

test('a container says otherwise than its pod', () => {
  const both = {
    'co.elastic.metrics/module': 'redis',
    'co.elastic.metrics/period': '10s',
    'co.elastic.metrics.redis/period': '5s',
  }
  expect(metricsHints(pod(both))).toMatchObject([{ container: 'redis', interval_ms: 5_000 }])
  const off = { ...both, 'co.elastic.metrics/enabled': 'false' }
  expect(metricsHints(pod(off))).toEqual([])
})

test('Prometheus annotations', () => {
  const f = (annotations: Record<string, string>, expected: unknown) => {
    const found = readMetricsHints(pod({ 'prometheus.io/scrape': 'true', ...annotations }))
    const shown = found.targets.map((one) => `${one.scheme}://${one.hosts}${one.metrics_path}`)
    expect([...shown, ...found.problems.map(({ reason }) => reason)].join()).toEqual(expected)
  }
  f({}, 'http://10.0.0.7:6379/metrics')
  f(
    { 'prometheus.io/port': '9121', 'prometheus.io/path': 'm', 'prometheus.io/scheme': 'https' },
    'https://10.0.0.7:9121/m',
  )
  f({ 'prometheus.io/scrape': 'false' }, '')
  f({ 'prometheus.io/port': 'http' }, 'prometheus.io/port is no port: http')
})
