/**
 * A real Prometheus that scrapes a real node-exporter and a page of ours, and writes remotely. The
 * page has what exporters rarely show: native histograms, exemplars, and a series that goes away.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { programPath } from '../agent/real-servers.ts'

export const prometheusPath = programPath('prometheus')
export const exporterPath = programPath('prometheus-node-exporter') ?? programPath('node_exporter')

/** Major and minor number, or undefined when none is installed. */
export function prometheusVersion(): [number, number] | undefined {
  if (prometheusPath === undefined) return undefined
  const said = execFileSync(prometheusPath, ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(said) ?? []
  return [Number(major), Number(minor)]
}

const family = protobuf
  .parse(`syntax = "proto3";
message MetricFamily { string name = 1; string help = 2; int32 type = 3;
  repeated Metric metric = 4; }
message Metric { repeated LabelPair label = 1; Histogram histogram = 7; }
message LabelPair { string name = 1; string value = 2; }
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram { uint64 sample_count = 1; double sample_sum = 2; sint32 schema = 5;
  double zero_threshold = 6; uint64 zero_count = 7;
  repeated BucketSpan positive_span = 12; repeated sint64 positive_delta = 13; }`)
  .root.lookupType('MetricFamily')

const native = {
  name: 'native_seconds',
  help: 'A native histogram.',
  type: 4,
  metric: [
    {
      label: [{ name: 'path', value: '/' }],
      histogram: {
        sampleCount: 9,
        sampleSum: 12.5,
        schema: 2,
        zeroThreshold: 0.001,
        zeroCount: 1,
        positiveSpan: [
          { offset: -1, length: 2 },
          { offset: 3, length: 1 },
        ],
        positiveDelta: [3, 1, -3],
      },
    },
  ],
}

const open = `# HELP jobs Jobs that ran.
# TYPE jobs counter
jobs_total 9 # {trace_id="0102030405060708090a0b0c0d0e0f10",user="a"} 0.5
`

export class RealPrometheus {
  readonly #folder = mkdtempSync(join(tmpdir(), 'remote-write-'))
  readonly #children: ChildProcess[] = []
  readonly #page = http.createServer((request, response) => this.#answer(request, response))
  #said = ''
  #scrapes = 0
  base = ''

  async start(write_url: string, version: 1 | 2): Promise<void> {
    const exporter_port = await freePort()
    this.#run(exporterPath!, `--web.listen-address=127.0.0.1:${exporter_port}`)
    await new Promise<void>((resolve) => this.#page.listen(0, '127.0.0.1', resolve))
    const { port } = this.#page.address() as AddressInfo
    const job = (name: string, path: string, at: number) =>
      `  - {job_name: ${name}, metrics_path: ${path}, ` +
      `static_configs: [{targets: ['127.0.0.1:${at}']}]}\n`
    const message = version === 2 ? 'protobuf_message: io.prometheus.write.v2.Request, ' : ''
    const jobs = [
      job('node', '/metrics', exporter_port),
      job('open', '/open', port),
      job('native', '/native', port),
    ]
    const config = `global: {scrape_interval: 1s, external_labels: {cluster: demo}}
remote_write:
  - {url: '${write_url}', ${message}send_exemplars: true, send_native_histograms: true,
     queue_config: {batch_send_deadline: 500ms}, metadata_config: {send_interval: 1s}}
scrape_configs:
${jobs.join('')}`
    const file = join(this.#folder, 'prometheus.yml')
    writeFileSync(file, config)
    const own_port = await freePort()
    this.base = `http://127.0.0.1:${own_port}`
    this.#run(
      prometheusPath!,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.#folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${own_port}`,
      '--enable-feature=native-histograms,exemplar-storage',
    )
  }

  log(): string {
    return this.#said.slice(-4000)
  }

  /** Undefined while it does not answer. */
  async get(path: string): Promise<string | undefined> {
    try {
      const answer = await fetch(`${this.base}${path}`)
      return answer.ok ? await answer.text() : undefined
    } catch {
      return undefined
    }
  }

  stop(): void {
    for (const child of this.#children) child.kill('SIGKILL')
    this.#page.closeAllConnections()
    this.#page.close()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  #run(path: string, ...args: string[]): void {
    const child = spawn(path, args, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#children.push(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.#said += data
      })
    }
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (request.url === '/native') {
      const type = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily'
      response.setHeader('content-type', `${type}; encoding=delimited`)
      response.end(family.encodeDelimited(family.fromObject(native)).finish())
      return
    }
    // After two scrapes the series is gone.
    const gone = ++this.#scrapes <= 2 ? '# TYPE gone gauge\ngone 1\n' : ''
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0')
    response.end(`${open}${gone}# EOF\n`)
  }
}

async function freePort(): Promise<number> {
  const one = http.createServer()
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  const { port } = one.address() as AddressInfo
  await new Promise((resolve) => one.close(resolve))
  return port
}
