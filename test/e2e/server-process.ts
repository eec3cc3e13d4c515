/**
 * A real server in a process of its own, on free ports, with everything it keeps in a folder that
 * goes.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')
const ready_ms_max = 40_000

export type ServerProcess = {
  url: string
  /** OTLP over HTTP. */
  otlp: string
  /** The one-time link that creates the administrator. */
  setup_url: string
  /** Where it keeps everything. */
  dir: string
  stop: () => Promise<void>
}

export async function startServer({ demo }: { demo: boolean }): Promise<ServerProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'crowsnest-e2e-'))
  const free = ['ui', 'otlp_grpc', 'otlp_http'].map((name) => `--listen.${name}=127.0.0.1:0`)
  const args = ['src/server/main.ts', `--store.dir=${dir}`, `--demo=${demo}`, ...free]
  const child = spawn(process.execPath, [...args, '--log.level=warn'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = async () => {
    await ended(child)
    await rm(dir, { recursive: true, force: true })
  }
  try {
    return { ...(await told(child)), dir, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Reads what the server prints until it is ready. */
type Told = Omit<ServerProcess, 'stop' | 'dir'>

function told(child: ChildProcess): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>()
  const said: string[] = []
  const give = (why: string) => reject(new Error(`${why}:\n${said.join('\n')}`))
  const timer = setTimeout(() => give('the server was not ready in time'), ready_ms_max)
  child.once('exit', (code) => give(`the server ended (${code})`))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  lines.on('line', (line) => {
    said.push(line)
    if (!line.startsWith('ready ')) return
    clearTimeout(timer)
    const after = (start: string) => said.find((one) => one.startsWith(start))?.slice(start.length)
    const otlp = `http://${after('listening otlp_http ')}`
    resolve({ url: line.slice('ready '.length), otlp, setup_url: after('setup ') ?? '' })
  })
  return promise
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
  await once(child, 'exit')
  clearTimeout(timer)
}
