/** The machine this runs on, and machines made of files, measured by the collector. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  eventually,
  metricsContext,
  type SeenResource,
  seenResources,
  type TestContext,
} from '../../../../test/agent/metrics-context.ts'
import type { Running } from '../../collector.ts'
import { host } from './collector.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function machine(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'crowsnest-host-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const settings = { interval_s: 15, metrics: true, processes: true, log_files: [], journal: false }

/** The resources of as many rounds as asked, with what `between` does between two. */
async function rounds(context: TestContext, count: number, between = () => {}) {
  const running = await host.start({ ...context, settings })
  const seen: SeenResource[][] = []
  for (let at = 1; at <= count; at++) {
    await eventually(() => context.chunks[at - 1])
    seen.push(seenResources(context.chunks[at - 1]!))
    if (at === count) break
    between()
    // The round that gave the chunk ends a moment after it: asking twice is harmless.
    await eventually(() => {
      if (context.chunks.length > at) return true
      context.tick()
      return undefined
    })
  }
  return { seen, running }
}

const valuesOf = (resource: SeenResource | undefined, name: string, key = '') =>
  Object.fromEntries(
    resource?.metrics.get(name)?.points.map((p) => [p.attributes[key] ?? '', p.value]) ?? [],
  )

const end = async (running: Running) => {
  const health = running.health()
  const coverage = running.coverage()
  await running.stop()
  return { health, coverage }
}

test('this machine: figures agree with what Node knows, and a busy process is told', async () => {
  if (process.platform !== 'linux') return
  const busy = spawn('sh', ['-c', 'while :; do :; done', 'token=hunter2'], { stdio: 'ignore' })
  try {
    const context = metricsContext()
    const wait = () => {
      const until_ms = Date.now() + 300
      while (Date.now() < until_ms);
    }
    const { seen, running } = await rounds(context, 2, wait)
    const [system, ...processes] = seen[1]!
    expect(system!.attributes).toMatchObject({ 'host.name': hostname(), 'os.type': 'linux' })
    expect(system!.attributes['os.description']).toMatch(/Linux \d/)
    expect(valuesOf(system, 'system.memory.limit')['']).toBe(totalmem())
    const states = valuesOf(system, 'system.memory.usage', 'system.memory.state')
    expect(Object.values(states).reduce((a, b) => a + b, 0)).toBe(totalmem())
    const shares = Object.values(valuesOf(system, 'system.cpu.utilization', 'cpu.mode'))
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1)
    expect(seen[0]![0]!.metrics.has('system.cpu.utilization')).toBe(false)
    const mounts = valuesOf(system, 'system.filesystem.limit', 'system.filesystem.mountpoint')
    expect(Object.keys(mounts)).toContain('/')
    expect(processes.length).toBeGreaterThan(0)
    expect(processes.length).toBeLessThanOrEqual(50)
    const told = processes.find((one) => one.attributes['process.pid'] === String(busy.pid))
    expect(told?.attributes).toMatchObject({
      'process.executable.name': expect.stringMatching(/sh$/),
      'process.command_line': 'sh -c while :; do :; done token=[redacted]',
      'process.parent_pid': String(process.pid),
    })
    expect(valuesOf(told, 'process.cpu.utilization')['']).toBeGreaterThan(0)
    expect(Object.keys(valuesOf(told, 'process.disk.io', 'disk.io.direction'))).toHaveLength(2)
    const { coverage } = await end(running)
    const sent = context.chunks.reduce((sum, { records }) => sum + records, 0)
    expect(coverage.find(({ state }) => state === 'arriving')?.records).toBe(sent)
    expect(JSON.stringify(seen)).not.toMatch(/hunter2/)
  } finally {
    busy.kill('SIGKILL')
  }
})

const plain = {
  'proc/stat': 'cpu0 100 0 0 100\nbtime 1795230000\nprocesses 9\n',
  'proc/uptime': '1000.00 1.00\n',
  'proc/loadavg': '1.00 2.00 3.00 1/80 11206\n',
  'proc/meminfo': 'MemTotal: 100 kB\nMemFree: 40 kB\n',
  'proc/vmstat': 'pgfault 10\npgmajfault 3\n',
  'proc/diskstats': '8 0 sda 10 1 100 1000 20 2 200 2000 3 500 3000\n',
  'proc/1/net/dev': ' eth0: 1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n',
  'proc/net/dev': ' cni0: 9 9 9 9 0 0 0 0 9 9 9 9 0 0 0 0\n',
  'proc/1/mounts': '/dev/sda1 / ext4 rw 0 0\n',
  'etc/machine-id': `${'0a'.repeat(16)}\n`,
  'etc/os-release': 'NAME="Debian"\nPRETTY_NAME="Debian 12"\nVERSION_ID="12"\n',
}
const group = 'sys/fs/cgroup/kubepods.slice/kubepods-pod1.slice'

test('a machine of files: version 2 groups, deltas, counters that begin anew', async () => {
  const root = machine({
    ...plain,
    'sys/fs/cgroup/cgroup.controllers': 'cpu memory\n',
    [`${group}/cpu.stat`]: 'usage_usec 1000000\nuser_usec 1\nsystem_usec 1\nnr_throttled 4\n',
    [`${group}/cpu.max`]: '50000 100000\n',
    [`${group}/memory.current`]: '1000\n',
    [`${group}/memory.events`]: 'oom 2\noom_kill 1\nmax 7\n',
  })
  let now_ms = 1_795_231_000_000
  const context = metricsContext(root, () => now_ms)
  const steps = [
    { at: `${group}/cpu.stat`, text: 'usage_usec 6000000\n', stat: 'cpu0 400 0 0 200\n' },
    { at: `${group}/cpu.stat`, text: 'usage_usec 100\n', stat: 'cpu0 1 0 0 1\n' },
  ]
  let step = 0
  const { seen, running } = await rounds(context, 3, () => {
    const { at, text, stat } = steps[step++]!
    writeFileSync(join(root, at), text)
    writeFileSync(join(root, 'proc/stat'), `${stat}btime 1795230000\n`)
    now_ms += 10_000
  })
  const [first, second, third] = seen.map(([system]) => system)
  expect(first!.attributes).toMatchObject({
    'host.id': '0a'.repeat(16),
    'os.description': 'Debian 12',
  })
  const path = 'linux.cgroup.path'
  const pod = '/kubepods.slice/kubepods-pod1.slice'
  expect(valuesOf(first, 'system.network.io', 'network.interface.name')).toEqual({ eth0: 5 })
  expect(valuesOf(first, 'system.linux.cgroup.cpu.limit', path)).toEqual({ [pod]: 0.5 })
  const event = 'linux.cgroup.memory.event'
  const events = { limit: 7, oom: 2, oom_kill: 1 }
  expect(valuesOf(first, 'system.linux.cgroup.memory.events', event)).toEqual(events)
  expect(first!.metrics.has('system.linux.cgroup.cpu.usage')).toBe(false)
  expect(valuesOf(second, 'system.linux.cgroup.cpu.usage', path)).toEqual({ [pod]: 0.5 })
  expect(valuesOf(second, 'system.cpu.utilization', 'cpu.mode')).toMatchObject({
    user: 0.75,
    idle: 0.25,
  })
  expect(third!.metrics.has('system.linux.cgroup.cpu.usage')).toBe(false)
  expect(third!.metrics.has('system.cpu.utilization')).toBe(false)
  const [point] = first!.metrics.get('system.cpu.time')!.points
  expect(point).toMatchObject({ start_ms: 1795230000000, time_ms: 1_795_231_000_000 })
  expect((await end(running)).health).toEqual({ state: 'healthy', message: '' })
})

test('version 1 groups in hierarchies of their own', async () => {
  const v1 = (controller: string, file: string) => `sys/fs/cgroup/${controller}/docker/a/${file}`
  const root = machine({
    ...plain,
    [v1('memory', 'memory.usage_in_bytes')]: '5000\n',
    [v1('cpu,cpuacct', 'cpuacct.usage')]: '2000000000\n',
    [v1('pids', 'pids.current')]: '4\n',
  })
  const { seen, running } = await rounds(metricsContext(root), 1)
  const system = seen[0]![0]
  const a = '/docker/a'
  const path = 'linux.cgroup.path'
  expect(valuesOf(system, 'system.linux.cgroup.memory.usage', path)[a]).toBe(5000)
  expect(valuesOf(system, 'system.linux.cgroup.cpu.time', path)[a]).toBe(2)
  expect(valuesOf(system, 'system.linux.cgroup.processes', path)[a]).toBe(4)
  await running.stop()
})

test('what cannot be read is blind, part by part, with the fix', async () => {
  const { 'proc/meminfo': _, 'proc/1/net/dev': __, 'proc/net/dev': ___, ...some } = plain
  const { seen, running } = await rounds(metricsContext(machine(some)), 1)
  expect(seen[0]![0]!.metrics.has('system.memory.limit')).toBe(false)
  const { health, coverage } = await end(running)
  expect(health.state).toBe('degraded')
  const blind = coverage.filter(({ state }) => state === 'blind')
  expect(blind.map(({ detail }) => detail.split(':')[0])).toEqual(['memory', 'network'])
  expect(blind[0]).toMatchObject({ source: 'host', reason: 'unreadable' })
  expect(blind[0]!.detail).toMatch(/proc\/meminfo cannot be read \(ENOENT\)\. Mount .*host_root/)
  const nothing = await host.start({ ...metricsContext(machine({})), settings })
  await eventually(() => (nothing.health().state === 'degraded' ? true : undefined))
  await nothing.stop()
})
