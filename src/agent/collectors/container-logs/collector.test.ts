/**
 * What the collector makes of pods, their annotations, its settings, and of what it cannot read.
 */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { criLine, LogRig, until } from '../../../../test/agent/log-rig.ts'
import { podName as name, podInfo, withPods } from '../../../../test/agent/pods-fixture.ts'
import { workloadOfName } from '../../../model/pod-name.ts'

let rig: LogRig
beforeEach(() => {
  rig = new LogRig()
})
afterEach(() => rig.end(), 30_000)

const count = () => rig.sink.chunks.reduce((sum, { records }) => sum + records, 0)
describe('whose line it is', () => {
  test('each start of a container is its own; static pods are known by their hash', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    writeFileSync(join(dir, '0.log'), criLine('first'))
    writeFileSync(join(dir, '1.log'), criLine('second'))
    writeFileSync(join(dir, '7.log'), criLine('newest'))
    const etcd = rig.container('kube-system', 'etcd-node-1', 'hash', 'etcd')
    writeFileSync(join(etcd, '0.log'), criLine('static'))
    const of = { namespace: 'kube-system', name: 'etcd-node-1', uid: 'u2', log_uid: 'hash' }
    await rig.start({}, withPods(podInfo(), podInfo({ ...of, containers: [] })).more)
    await until('4 records', () => count() === 4)
    const told = Object.fromEntries(
      rig.sink.records().map(({ body, resource }) => [body, resource]),
    )
    expect(told.first).toMatchObject({ 'container.id': 'c1', 'k8s.container.restart_count': '0' })
    expect(told.second).toMatchObject({ 'container.id': 'c2', 'k8s.pod.label.app': 'cart' })
    expect(told.newest).toMatchObject({
      'k8s.container.restart_count': '7',
      'container.image.name': 'shop/cart',
    })
    expect(told.newest).not.toHaveProperty('container.id')
    expect(told.static).toMatchObject({ 'k8s.pod.uid': 'u2', 'k8s.container.name': 'etcd' })
  })

  test('a pod told of late is waited for; one that never is, is named by its path', async () => {
    writeFileSync(join(rig.container('shop', name, 'u1', 'app'), '0.log'), criLine('late'))
    writeFileSync(join(rig.container('shop', 'db-0', 'u9', 'pg'), '0.log'), criLine('never'))
    let skipped_ms = 0
    rig.now_ms = () => Date.now() + skipped_ms
    const { pods, more } = withPods()
    const running = await rig.start({}, more)
    await until('a look at the directory', () => running.coverage().length === 2)
    expect(count()).toBe(0)
    pods.set(podInfo())
    await until('the late one', () => count() === 1)
    expect(rig.sink.records()[0]!.resource).toMatchObject({ 'k8s.pod.label.app': 'cart' })
    skipped_ms = 6000
    await until('the other', () => count() === 2)
    expect(rig.sink.records()[1]!.resource).toMatchObject({
      ...{ 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'db-0', 'k8s.pod.uid': 'u9' },
      ...{ 'k8s.container.name': 'pg', 'k8s.statefulset.name': 'db', 'service.name': 'db' },
    })
  })

  test('the last lines of a pod that is gone carry its names', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    const { more } = withPods(podInfo())
    await rig.start({}, more)
    writeFileSync(join(dir, '0.log'), criLine('a'))
    await until('the first', () => count() === 1)
    // Open when its directory goes: the descriptor still holds what was written last.
    writeFileSync(join(dir, '0.log'), criLine('last words'), { flag: 'a' })
    rmSync(join(dir, '..'), { recursive: true })
    await until('the last', () => count() === 2)
    expect(rig.sink.records()[1]).toMatchObject({
      ...{ body: 'last words', resource: { 'k8s.pod.name': name } },
    })
  })

  test('200 pods come and go: none lost, none unnamed', async () => {
    const { pods, more } = withPods()
    await rig.start({}, more)
    const written: string[] = []
    for (let i = 0; i < 200; i++) {
      const uid = `u-${i}`
      const pod = `job-${i}-${'bcdfg'[i % 5]!.repeat(5)}`
      pods.set(podInfo({ uid, log_uid: uid, name: pod }))
      const dir = rig.container('shop', pod, uid, 'app')
      const lines = ['one', 'two', 'done'].map((word) => `${i} ${word}`)
      writeFileSync(join(dir, '0.log'), lines.map((line) => criLine(line)).join(''))
      written.push(...lines)
      if (i >= 20) {
        const gone = i - 20
        await until(`pod ${gone}`, () => count() >= (gone + 1) * 3)
        const old = `job-${gone}-${'bcdfg'[gone % 5]!.repeat(5)}`
        rmSync(join(rig.root, 'var/log/pods', `shop_${old}_u-${gone}`), { recursive: true })
      }
    }
    await until('all', () => count() >= written.length)
    expect(rig.sink.bodies().toSorted()).toEqual(written.toSorted())
    expect(
      rig.sink.records().every(({ resource }) => resource['k8s.pod.label.app'] === 'cart'),
    ).toBe(true)
  }, 60_000)

  test('a workload is guessed from a name', () => {
    expect(workloadOfName(name)).toEqual({ attribute: 'k8s.deployment.name', name: 'cart' })
    expect(workloadOfName('a-b-7d9c5b6f4-x2x4z').name).toBe('a-b')
    expect(workloadOfName('db-0')).toEqual({ attribute: 'k8s.statefulset.name', name: 'db' })
    expect(workloadOfName('fluent-bcdfg').name).toBe('fluent')
    expect(workloadOfName('plain').name).toBe('plain')
  })
})

describe('annotations', () => {
  const lines = ['keep a', 'drop b', 'keep c']
  const reads = (
    what: string,
    annotations: Record<string, string>,
    expected: string[],
    more = {},
  ) =>
    test(what, async () => {
      const dir = rig.container('shop', name, 'u1', 'app')
      writeFileSync(join(dir, '0.log'), lines.map((line) => criLine(line)).join(''))
      writeFileSync(join(rig.container('shop', 'end-0', 'u2', 'app'), '0.log'), criLine('end'))
      const pods = withPods(
        podInfo({ annotations }),
        podInfo({ uid: 'u2', log_uid: 'u2', name: 'end-0' }),
      )
      let skipped_ms = 0
      rig.now_ms = () => Date.now() + skipped_ms
      await rig.start(more, pods.more)
      await until('the other pod', () => rig.sink.bodies().includes('end'))
      skipped_ms = 6000
      await until('all', () => count() >= expected.length + 1)
      expect(rig.sink.bodies().filter((body) => body !== 'end')).toEqual(expected)
    })
  reads('none', {}, lines)
  reads('switch it off', { 'co.elastic.logs/enabled': 'false' }, [])
  reads('switch another container off', { 'co.elastic.logs.web/enabled': 'false' }, lines)
  reads('exclude as Fluent Bit does', { 'fluentbit.io/exclude': 'true' }, [])
  reads('exclude the other stream', { 'fluentbit.io/exclude_stderr': 'true' }, lines)
  reads('leave lines out', { 'co.elastic.logs/exclude_lines': '^drop' }, ['keep a', 'keep c'])
  reads('take some lines', { 'co.elastic.logs/include_lines': 'b$' }, ['drop b'])
  reads('are not asked when the policy says so', { 'co.elastic.logs/enabled': 'false' }, lines, {
    hints: false,
  })
  reads(
    'join lines',
    {
      'co.elastic.logs/multiline.pattern': '^keep',
      'co.elastic.logs/multiline.negate': 'true',
      'co.elastic.logs/multiline.match': 'after',
    },
    ['keep a\ndrop b', 'keep c'],
  )
  reads('with a broken pattern change nothing', { 'co.elastic.logs/exclude_lines': '(' }, lines)

  test('name the module that reads the lines, and a change of them counts at once', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    const { pods, more } = withPods(podInfo({ annotations: { 'co.elastic.logs/module': 'redis' } }))
    writeFileSync(join(dir, '0.log'), criLine('1:M 21 Nov 2026 04:23:03.256 # WARNING overcommit'))
    await rig.start({}, more)
    await until('1 record', () => count() === 1)
    expect(rig.sink.records()[0]!.severity).toBe(13)
    expect(Object.keys(rig.sink.records()[0]!.attributes).length).toBeGreaterThan(2)
    pods.set(podInfo({ annotations: { 'co.elastic.logs/enabled': 'false' } }))
    writeFileSync(join(dir, '0.log'), criLine('unwanted'), { flag: 'a' })
    writeFileSync(join(rig.container('shop', 'end-0', 'u2', 'app'), '0.log'), criLine('end'))
    pods.set(podInfo({ uid: 'u2', log_uid: 'u2', name: 'end-0' }))
    await until('the other pod', () => count() === 2)
    expect(rig.sink.bodies()[1]).toBe('end')
  })
})

describe('settings', () => {
  test('choose namespaces and lines', async () => {
    for (const namespace of ['a', 'b', 'c']) {
      const dir = rig.container(namespace, 'p-0', `u-${namespace}`, 'app')
      writeFileSync(
        join(dir, '0.log'),
        criLine(`${namespace} keep`) + criLine(`${namespace} noise`),
      )
    }
    await rig.start({
      namespaces_only: ['a', 'b'],
      namespaces_except: ['b'],
      exclude_lines: ['noise'],
    })
    await until('1 record', () => count() === 1)
    expect(rig.sink.bodies()).toEqual(['a keep'])
  })

  test('that cannot work are refused', async () => {
    await expect(rig.start({ exclude_lines: ['('] })).rejects.toThrow()
  })
})

describe('Docker', () => {
  const id = 'ab'.repeat(32)
  const json = (log: string) =>
    `${JSON.stringify({ log, stream: 'stderr', time: '2026-11-21T04:23:03.256Z' })}\n`

  test('is read through its links, and through rotation in its own directory', async () => {
    const dir = join(rig.root, 'var/lib/docker/containers', id)
    mkdirSync(dir, { recursive: true })
    const file = join(dir, `${id}-json.log`)
    writeFileSync(file, json('a\n') + json('par') + json('tial\n'))
    const pod = rig.container('shop', name, 'u1', 'app')
    symlinkSync(`/var/lib/docker/containers/${id}/${id}-json.log`, join(pod, '0.log'))
    await rig.start()
    await until('2 records', () => count() === 2)
    renameSync(file, `${file}.1`)
    writeFileSync(file, json('b\n'))
    await until('3 records', () => count() === 3)
    expect(rig.sink.bodies()).toEqual(['a', 'partial', 'b'])
    expect(rig.sink.records()[0]!.attributes).toMatchObject({ 'log.iostream': 'stderr' })
  })

  test('without /var/log/pods is found through /var/log/containers', async () => {
    const dir = join(rig.root, 'var/lib/docker/containers', id)
    mkdirSync(dir, { recursive: true })
    mkdirSync(join(rig.root, 'var/log/containers'), { recursive: true })
    writeFileSync(join(dir, `${id}-json.log`), json('a\n'))
    const link = join(rig.root, 'var/log/containers', `${name}_shop_app-${id}.log`)
    symlinkSync(`/var/lib/docker/containers/${id}/${id}-json.log`, link)
    symlinkSync(
      '/etc/shadow',
      join(rig.root, 'var/log/containers', `evil_shop_app-${'c'.repeat(64)}.log`),
    )
    await rig.start()
    await until('1 record', () => count() === 1)
    expect(rig.sink.records()[0]).toMatchObject({
      ...{ body: 'a', resource: { 'container.id': id, 'k8s.namespace.name': 'shop' } },
    })
  })
})

describe('coverage', () => {
  test('counts what arrived, says what waits, and what is blind', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    writeFileSync(join(dir, '0.log'), criLine('a') + criLine('b'))
    const running = await rig.start({}, withPods(podInfo()).more)
    await until('2 records', () => count() === 2)
    const row = { source: 'container_logs', signal: 'logs', namespace: 'shop', workload: 'cart' }
    expect(running.coverage()).toMatchObject([{ ...row, pod: name, state: 'arriving', records: 2 }])
    expect(running.coverage()).toMatchObject([{ ...row, state: 'arriving', records: 0 }])
    symlinkSync('/etc/shadow', join(dir, '1.log'))
    let rows = running.coverage()
    await until('blind', () => {
      rows = running.coverage()
      return rows.some(({ state }) => state === 'blind')
    })
    expect(rows).toMatchObject([{ ...row, state: 'blind', reason: 'unreadable' }])
    expect(rows[0]!.detail).toContain('1.log')
  })

  test('a full sink stops reading, and says how far behind it is', async () => {
    const dir = rig.container('shop', name, 'u1', 'app')
    const old_ms = Date.now() - 3_600_000
    const line = criLine('x'.repeat(1000), 'stdout', 'F', old_ms)
    writeFileSync(join(dir, '0.log'), line.repeat(5000))
    let go = () => {}
    rig.sink.gate = new Promise((resolve) => {
      go = resolve
    })
    const running = await rig.start()
    await until('lagging', () => running.coverage().some(({ state }) => state === 'lagging'))
    const [row] = running.coverage()
    expect(row!.lag_s).toBeGreaterThanOrEqual(3599)
    expect(rig.sink.chunks).toEqual([])
    rig.sink.gate = undefined
    go()
    await until('5000 records', () => count() === 5000)
    await until('arriving', () => running.coverage().every(({ state }) => state === 'arriving'))
  })

  test('a sink that failed is given the same chunk again', async () => {
    writeFileSync(join(rig.container('shop', name, 'u1', 'app'), '0.log'), criLine('a'))
    const put = rig.sink.put.bind(rig.sink)
    let failures = 3
    rig.sink.put = async (chunk) => {
      if (failures-- > 0) throw new Error('disk full')
      return put(chunk)
    }
    await rig.start()
    await until('1 record', () => count() === 1)
    expect(rig.sink.bodies()).toEqual(['a'])
  })

  test('no log directory is said', async () => {
    const running = await rig.start()
    await until('degraded', () => running.health().state === 'degraded')
    expect(running.health().message).toContain('/var/log')
    expect(running.coverage()).toMatchObject([{ state: 'blind', reason: 'unreadable' }])
    writeFileSync(join(rig.container('shop', name, 'u1', 'app'), '0.log'), criLine('later'))
    await until('1 record', () => count() === 1)
    expect(running.health()).toEqual({ state: 'healthy', message: '' })
  })

  test('more files than may be open are all read', async () => {
    for (let i = 0; i < 1200; i++) {
      writeFileSync(
        join(rig.container('shop', `p-${i}`, `u-${i}`, 'app'), '0.log'),
        criLine(`a ${i}`),
      )
    }
    await rig.start()
    await until('1200 records', () => count() === 1200)
    for (let i = 0; i < 1200; i++) {
      const dir = rig.container('shop', `p-${i}`, `u-${i}`, 'app')
      writeFileSync(join(dir, '0.log'), criLine(`b ${i}`), { flag: 'a' })
    }
    await until('2400 records', () => count() === 2400)
    expect(new Set(rig.sink.bodies()).size).toBe(2400)
  }, 60_000)
})
