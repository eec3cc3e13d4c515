/** A Prometheus of this machine that takes remote write: what our answers are compared with. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { programPath } from '../agent/real-servers.ts'
import { snappyEncode } from '../wire/snappy.ts'

export const prometheusPath = programPath('prometheus')
const start_ms_max = 30_000

export class ReferencePrometheus {
  readonly #child: ChildProcess
  readonly base: string
  #said = ''

  constructor(child: ChildProcess, base: string) {
    this.#child = child
    this.base = base
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.#said = (this.#said + data).slice(-4_000)
      })
    }
  }

  get pid(): number {
    return this.#child.pid!
  }

  /** A remote write request that is not compressed yet. */
  async write(body: Uint8Array): Promise<void> {
    const answer = await fetch(`${this.base}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: snappyEncode(body) as Uint8Array<ArrayBuffer>,
    })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
  }

  async ask(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${this.base}${path}`)
    return { status: answer.status, text: await answer.text() }
  }

  async untilReady(): Promise<void> {
    const deadline = Date.now() + start_ms_max
    for (;;) {
      const isReady = await this.ask('/-/ready').then(
        ({ status }) => status === 200,
        () => false,
      )
      if (isReady) return
      if (Date.now() > deadline) throw new Error(`Prometheus did not start:\n${this.#said}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGKILL')
    await gone
  }
}

export async function startPrometheus(dir: string): Promise<ReferencePrometheus> {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'prometheus.yml')
  writeFileSync(file, 'global: {}\n')
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    prometheusPath!,
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, 'data')}`,
      `--web.listen-address=${address}`,
      '--web.enable-remote-write-receiver',
      '--query.max-samples=500000000',
      '--enable-feature=promql-at-modifier,promql-negative-offset,native-histograms',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const started = new ReferencePrometheus(child, `http://${address}`)
  await started.untilReady()
  return started
}

export async function freePort(): Promise<number> {
  const one = http.createServer()
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  const { port } = one.address() as AddressInfo
  await new Promise((resolve) => one.close(resolve))
  return port
}
