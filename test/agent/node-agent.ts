/**
 * The real agent of a node as a child process: its own entry or the bundle, a policy in a file, a
 * Kubernetes API, and a directory that stands for the node's disk.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './agent-process.ts'

const source = join(import.meta.dirname, '../../src/agent/main.ts')

export type NodeAgentOptions = {
  /** State, policy and the node's disk lie below it. */
  dir: string
  node: string
  ingest: string
  kubernetes: string
  integrations: readonly { id: string; type: string; settings?: object }[]
  /** Beside the agent's usual settings. */
  flags?: readonly string[]
  /** dist/agent.mjs; else the source. */
  entry?: string
}

export class NodeAgent {
  readonly host_root: string
  readonly #options: NodeAgentOptions
  #child: ChildProcess | undefined
  #runs = 0
  output = ''

  constructor(options: NodeAgentOptions) {
    this.#options = options
    const { dir, integrations } = options
    this.host_root = join(dir, 'root')
    mkdirSync(join(this.host_root, 'var/log/pods'), { recursive: true })
    writeFileSync(join(dir, 'policy.yaml'), JSON.stringify({ integrations }))
  }

  start(): void {
    const { dir, node, ingest, kubernetes, flags = [], entry = source } = this.#options
    const args = [
      ...['--kind', 'node', '--node', node, '--host-root', this.host_root],
      ...['--ingest', ingest, '--kubernetes-url', kubernetes],
      ...['--policy', join(dir, 'policy.yaml'), '--state-dir', join(dir, 'state'), ...flags],
    ]
    const child = spawn(process.execPath, [entry, ...args])
    child.stdout.on('data', (text) => this.#heard(text))
    child.stderr.on('data', (text) => this.#heard(text))
    this.#child = child
  }

  async startAndWait(): Promise<void> {
    const before = this.#runs
    this.start()
    await until('the agent runs', () => this.#runs > before)
  }

  /** Answers the code of its end. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child === undefined) return null
    this.#child = undefined
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = await ended
    return code
  }

  #heard(text: Buffer): void {
    if (text.includes('the agent runs')) this.#runs++
    this.output = (this.output + text).slice(-20_000)
  }
}
