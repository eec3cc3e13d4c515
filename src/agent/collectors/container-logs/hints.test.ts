/** What annotations make of a container's lines, from the file to the records that leave. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { criLine, LogRig, type ReadRecord, until } from '../../../../test/agent/log-rig.ts'
import { podName as name, podInfo, withPods } from '../../../../test/agent/pods-fixture.ts'
import { workloadOfName } from '../../../model/pod-name.ts'
import { pathAttributes } from './path-attributes.ts'

let rig: LogRig
beforeEach(() => {
  rig = new LogRig()
})
afterEach(() => rig.end(), 30_000)

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)

/** Reads the lines of a pod with these annotations; a second pod's line shows that all is read. */
async function read(
  annotations: Record<string, string>,
  lines: readonly (string | [text: string, stream: string])[],
): Promise<ReadRecord[]> {
  const dir = rig.container('shop', name, 'u1', 'app')
  const text = lines.map((line) => (typeof line === 'string' ? criLine(line) : criLine(...line)))
  writeFileSync(join(dir, '0.log'), text.join(''))
  let skipped_ms = 0
  rig.now_ms = () => Date.now() + skipped_ms
  const end = podInfo({ uid: 'u2', log_uid: 'u2', name: 'end-0' })
  await rig.start({}, withPods(podInfo({ annotations }), end).more)
  // What waits for its next line is given after its time; the marker is written after it.
  await until('a look at the file', () => rig.running?.coverage().length === 1)
  skipped_ms = 20_000
  writeFileSync(join(rig.container('shop', 'end-0', 'u2', 'app'), '0.log'), criLine('end'))
  await until('the other pod', () => rig.sink.bodies().includes('end'))
  return rig.sink.records().filter(({ body }) => body !== 'end')
}

const bodies = (records: readonly ReadRecord[]) => records.map(({ body }) => body)
const own = ({ attributes }: ReadRecord) =>
  Object.fromEntries(Object.entries(attributes).filter(([key]) => !/^log\.(?:file|io)/.test(key)))

describe('records of several lines as their program writes them', () => {
  const at = '2026-11-21 03:00:00.123 UTC [42]'
  const postgresql = [
    `${at} ERROR:  duplicate key value violates unique constraint "users_pkey"`,
    `${at} DETAIL:  Key (id)=(7) already exists.`,
    `${at} STATEMENT:  INSERT INTO users`,
    '\tVALUES (7)',
    `${at} LOG:  checkpoint starting: time`,
  ].map((line): [string, string] => [line, 'stderr'])

  test('PostgreSQL', async () => {
    const records = await read({ 'co.elastic.logs/module': 'postgresql' }, postgresql)
    expect(bodies(records)).toEqual([
      'duplicate key value violates unique constraint "users_pkey"',
      'checkpoint starting: time',
    ])
    expect(records[0]).toMatchObject({
      severity: 17,
      attributes: {
        'postgresql.log.detail': 'Key (id)=(7) already exists.',
        'db.query.text': 'INSERT INTO users\nVALUES (7)',
        'process.pid': '42',
      },
    })
  })

  test('by a fileset for the stream, and for that stream alone', async () => {
    const slow = [
      '# Time: 2026-11-21T03:00:05.000000Z',
      '# User@Host: shop[shop] @ app [10.0.0.9]  Id:    12',
      '# Query_time: 2.000123  Lock_time: 0.000001 Rows_sent: 1  Rows_examined: 100000',
      'SET timestamp=1795230003;',
      'SELECT 1;',
    ]
    const error = '2026-11-21T03:00:00.123456Z 0 [System] [MY-010931] [Server] ready'
    const records = await read(
      {
        'co.elastic.logs/module': 'mysql',
        'co.elastic.logs/fileset.stdout': 'slowlog',
        'co.elastic.logs/fileset.stderr': 'error',
      },
      [slow[0]!, [error, 'stderr'], ...slow.slice(1), [error, 'stderr'], ...slow],
    )
    expect(bodies(records).toSorted()).toEqual(['SELECT 1;', 'SELECT 1;', 'ready', 'ready'])
    const first = records.find(({ body }) => body === 'SELECT 1;')!
    expect(first.attributes).toMatchObject({ 'mysql.slowlog.query_time': 2.000123 })
  })
})

describe('JSON', () => {
  const line = '{"event":"paid","level":"warn","n":1}'
  const f = (what: string, hints: Record<string, string>, expected: object) =>
    test(what, async () => {
      const asked = Object.entries(hints).map(([key, value]) => [
        `co.elastic.logs/json.${key}`,
        value,
      ])
      const [record] = await read(Object.fromEntries(asked), [line])
      expect({ body: record!.body, severity: record!.severity, ...own(record!) }).toEqual({
        severity: 13,
        ...expected,
      })
    })
  f('as it is', {}, { body: line, event: 'paid', n: '1' })
  f('a message of another name', { message_key: 'event' }, { body: 'paid', n: '1' })
  f('below a target', { target: 'app' }, { body: line, 'app.event': 'paid', 'app.n': '1' })
  f(
    'not at the root',
    { keys_under_root: 'false' },
    { body: line, 'json.event': 'paid', 'json.n': '1' },
  )
  f('at the root', { keys_under_root: 'true' }, { body: line, event: 'paid', n: '1' })

  test('filters look at the message that was named; what is no JSON says so', async () => {
    const records = await read(
      {
        'co.elastic.logs/json.message_key': 'event',
        'co.elastic.logs/json.add_error_key': 'true',
        'co.elastic.logs/exclude_lines': '^health',
      },
      [line, '{"event":"health","n":2}', 'plain'],
    )
    expect(bodies(records)).toEqual(['paid', 'plain'])
    expect(records[1]!.attributes).toMatchObject({ 'error.type': 'json' })
  })
})

describe('processors', () => {
  test('take apart, add, drop; with variables and conditions on the pod', async () => {
    const records = await read(
      {
        'co.elastic.logs/processors.1.dissect.tokenizer': '%{level} %{rest}',
        'co.elastic.logs/processors.1.dissect.target_prefix': '',
        'co.elastic.logs/processors.2.drop_event.when.equals.level': 'DEBUG',
        'co.elastic.logs/processors.3.add_fields.target': '',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: hints have variables of their own.
        'co.elastic.logs/processors.3.add_fields.fields.of': '${data.kubernetes.pod.name}',
        'co.elastic.logs/processors.3.add_fields.when.equals.kubernetes.labels.app': 'cart',
        'co.elastic.logs/processors.4.drop_fields.fields': '["rest"]',
      },
      ['DEBUG noise', 'INFO said trace_id=0af7651916cd43dd8448eb211c80319c'],
    )
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({
      severity: 9,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      body: 'INFO said trace_id=0af7651916cd43dd8448eb211c80319c',
    })
    expect(own(records[0]!)).toEqual({ level: 'INFO', of: name })
  })
})

describe('several inputs', () => {
  test('each line is read by the first that takes it, and once', async () => {
    const records = await read(
      {
        'co.elastic.logs/exclude_lines': '^DBG',
        'co.elastic.logs/1.include_lines': '^DBG',
        'co.elastic.logs/1.processors.dissect.tokenizer': '%{kind} %{number}',
      },
      ['DBG 1', 'plain', 'DBG 2'],
    )
    expect(bodies(records)).toEqual(['DBG 1', 'plain', 'DBG 2'])
    expect(records.map((record) => own(record)['dissect.number'])).toEqual(['1', undefined, '2'])
  })
})

describe('one container among others, and patterns', () => {
  const f = (what: string, hints: Record<string, string>, lines: string[], expected: string[]) =>
    test(what, async () => expect(bodies(await read(hints, lines))).toEqual(expected))
  const off = { 'co.elastic.logs/enabled': 'false', 'co.elastic.logs.app/enabled': 'true' }
  f('the container beats its pod', off, ['a'], ['a'])
  f(
    'a parser of Fluent Bit',
    { 'fluentbit.io/parser': 'redis' },
    ['9:M 21 Nov 2026 04:23:03.256 # Hot'],
    ['Hot'],
  )
  f(
    'patterns in any language',
    {
      'co.elastic.logs/multiline.pattern': '^오류|^시작',
      'co.elastic.logs/multiline.negate': 'true',
      'co.elastic.logs/multiline.match': 'after',
    },
    ['시작', '다음', '오류 하나', '둘'],
    ['시작\n다음', '오류 하나\n둘'],
  )
  f(
    'patterns of a long line’s end',
    { 'co.elastic.logs/multiline.pattern': '\\\\$', 'co.elastic.logs/multiline.match': 'before' },
    [`${'a'.repeat(5000)}\\`, 'b', 'c'],
    [`${'a'.repeat(5000)}\\\nb`, 'c'],
  )
})

describe('what waits', () => {
  test('a chatty stdout does not hold back what stderr wrote last', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    const trace = ['java.lang.IllegalStateException: no', '\tat com.example.App.main(App.java:5)']
    writeFileSync(join(dir, '0.log'), trace.map((line) => criLine(line, 'stderr')).join(''))
    let now_ms = Date.now()
    rig.now_ms = () => now_ms
    await rig.start({}, withPods(podInfo()).more)
    let lines = 0
    await until('the trace', () => {
      now_ms += 100
      writeFileSync(join(dir, '0.log'), criLine(`chat ${lines++}`), { flag: 'a' })
      return rig.sink.bodies().includes(trace.join('\n'))
    })
  })
})

describe('pods that lived for a moment', () => {
  test('files that are deleted before their pod is known are read, with its names', async () => {
    const { pods, more } = withPods()
    const running = await rig.start({}, more)
    const dir = rig.container('shop', name, 'u1', 'app')
    writeFileSync(join(dir, '0.log'), '')
    await until('a look at the directory', () => running.coverage().length > 0)
    await until('an open file', () => rig.isOpen(join(dir, '0.log')))
    writeFileSync(join(dir, '0.log'), criLine('last words'), { flag: 'a' })
    rmSync(join(dir, '..'), { recursive: true })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(count()).toBe(0)
    pods.set(podInfo({ is_deleted: true }))
    await until('the record', () => count() === 1)
    expect(rig.sink.records()[0]).toMatchObject({
      ...{ body: 'last words', resource: { 'k8s.pod.name': name, 'k8s.pod.label.app': 'cart' } },
    })
  })

  test('a pod that nobody told of is named by its path, with its workload', () => {
    const where = { namespace: 'shop', uid: 'u', container: 'app', container_id: '', dir: '' }
    const of = (pod: string) =>
      pathAttributes({ ...where, pod, shown: '', base: undefined, roots: [] }, 0, {
        ...{ cluster: 'c', node: 'n' },
      })
    expect(of('report-29384760-b7xk2')).toMatchObject({
      ...{ 'k8s.cronjob.name': 'report', 'k8s.job.name': 'report-29384760' },
      ...{ 'service.name': 'report', 'k8s.pod.uid': 'u', 'k8s.container.name': 'app' },
    })
    expect(workloadOfName('report-29384760-b7xk2').name).toBe('report')
  })
})
