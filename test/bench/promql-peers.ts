/**
 * The systems that answer PromQL side by side: ourselves, Prometheus and VictoriaMetrics where they
 * are installed, each in processes of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { programPath } from '../agent/real-servers.ts'
import { freePort, prometheusPath } from '../conformance/reference-prometheus.ts'
import { sizesOf, withStore } from './disk.ts'
import { cpuSeconds, memoryOf, pause } from './processes.ts'
import { Target } from './target.ts'

export type Peer = {
  name: string
  base: string
  cpu_s(): number
  rss_mb(): number
  /** Until what was written can be asked. */
  settle(): Promise<void>
  /** Bytes that samples and their index take on disk; the peer may be stopped for it. */
  disk_bytes(): Promise<number>
  stop(): Promise<void>
}

export async function startPeers(dir: string): Promise<Peer[]> {
  const victoria = programPath('victoria-metrics')
  const peers = [await ourselves(join(dir, 'own'))]
  if (prometheusPath !== undefined) peers.push(await prometheus(join(dir, 'prometheus')))
  if (victoria !== undefined) peers.push(await victoriaMetrics(victoria, join(dir, 'victoria')))
  return peers
}

async function ourselves(dir: string): Promise<Peer> {
  const target = await Target.start(dir)
  return {
    name: 'crowsnest',
    base: `http://${target.address('ui')}`,
    cpu_s: () => target.cost().total_s,
    rss_mb: () => target.memory().rss_mb,
    settle: async () => {
      await target.settle()
    },
    disk_bytes: async () => {
      await target.stop()
      const { tables } = await withStore(dir, (store) => sizesOf(store, 'metric_samples'))
      const own = Object.entries(tables).filter(([name]) => /^metric_|^resources$/.test(name))
      return own.reduce((sum, [, { bytes }]) => sum + bytes, 0)
    },
    stop: () => target.stop(),
  }
}

async function prometheus(dir: string): Promise<Peer> {
  const address = `127.0.0.1:${await freePort()}`
  const base = `http://${address}`
  const data = join(dir, 'data')
  const child = spawn(prometheusPath!, [
    '--config.file=/dev/null',
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
    '--query.max-samples=2000000000',
  ])
  await untilAnswers(child, `${base}/-/ready`)
  return {
    ...processOf('prometheus', base, child),
    settle: async () => undefined,
    /** What is in memory is written as blocks, as it would be after hours. */
    disk_bytes: async () => {
      await fetch(`${base}/api/v1/admin/tsdb/snapshot`, { method: 'POST' })
      return sizeOf(join(data, 'snapshots'))
    },
  }
}

async function victoriaMetrics(path: string, dir: string): Promise<Peer> {
  const address = `127.0.0.1:${await freePort()}`
  const base = `http://${address}`
  const child = spawn(path, [
    `-storageDataPath=${dir}`,
    `-httpListenAddr=${address}`,
    '-search.latencyOffset=0s',
    '-search.disableCache',
    '-search.maxUniqueTimeseries=1000000',
    '-search.maxSamplesPerQuery=2000000000',
    '-search.maxQueryDuration=120s',
  ])
  await untilAnswers(child, `${base}/health`)
  return {
    ...processOf('victoria-metrics', base, child),
    settle: async () => {
      await fetch(`${base}/internal/force_flush`)
    },
    disk_bytes: async () => {
      await fetch(`${base}/internal/force_flush`)
      return sizeOf(dir)
    },
  }
}

function processOf(name: string, base: string, child: ChildProcess) {
  const pid = child.pid!
  return {
    name,
    base,
    cpu_s: () => cpuSeconds(pid),
    rss_mb: () => memoryOf(pid).rss_mb,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (data) => {
      said = (said + data).slice(-2_000)
    })
  }
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && child.exitCode === null) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) return
    await pause(100)
  }
  child.kill('SIGKILL')
  throw new Error(`${url} did not answer: ${said}`)
}

function sizeOf(path: string): number {
  const entry = statSync(path)
  if (!entry.isDirectory()) return entry.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
