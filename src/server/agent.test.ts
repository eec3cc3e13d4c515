/**
 * Host mode in real processes: a first start shows the machine it runs on with nothing configured,
 * its agent ends with the server however that ends, and a second start is the same agent.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const dir = mkdtempSync(join(tmpdir(), 'crowsnest-host-mode-'))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

const password = 'a mast above the fog'
/** 120 as `npm start` runs it; here its types are stripped anew at each start. */
const memory_kib_max = 130 * 1024

type Agent = { id: string; status: string; kind: string; components: { id: string }[] }
type Running = { child: ChildProcess; ui: string; setup: string | undefined }
let cookie = ''

async function start(): Promise<Running> {
  const free = ['ui', 'otlp_grpc', 'otlp_http'].map((name) => `--listen.${name}=127.0.0.1:0`)
  const flags = [...free, '--agent=on', `--store.dir=${join(dir, 'data')}`, '--log.level=warn']
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...flags], {
    env: { PATH: process.env.PATH },
    cwd: dir,
  })
  children.push(child)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk
    })
  }
  await until('ready', () => (/^ready /m.test(text) ? true : undefined))
  const ui = /^listening ui (.*)$/m.exec(text)![1]!
  return { child, ui, setup: /setup#(\S+)/.exec(text)?.[1] }
}

async function until<Found>(
  what: string,
  look: () => Found | undefined | Promise<Found | undefined>,
): Promise<Found> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function api<Answer>({ ui }: Running, method: string, path: string, body?: unknown) {
  const json = body !== undefined && { 'content-type': 'application/json' }
  const response = await fetch(`http://${ui}${path}`, {
    method,
    headers: { 'x-crowsnest': '1', cookie, ...json },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const set = response.headers.getSetCookie().find((one) => !one.includes('=;'))
  if (set !== undefined) cookie = set.split(';', 1)[0]!
  const answer = (await response.json()) as Record<string, unknown>
  expect(answer, `${method} ${path}`).not.toHaveProperty('fault')
  return answer as Answer
}

async function ask(server: Running, question: string, more: object = {}) {
  const to_ms = Date.now() + 60_000
  const body = { question, ask: { from_ms: to_ms - 3_600_000, to_ms, ...more } }
  const told = await api<{ answer: Record<string, string[]> }>(server, 'POST', '/api/ask', body)
  return told.answer
}

const agentsOf = async (server: Running) =>
  (await api<{ agents: Agent[] }>(server, 'GET', '/api/fleet/agents')).agents

const healthy = (server: Running) =>
  until('a healthy agent', async () => {
    const agents = await agentsOf(server)
    const isWell = ({ status, components }: Agent) => status === 'healthy' && components.length > 0
    return agents.length > 0 && agents.every(isWell) ? agents : undefined
  })

/** The child that is the agent, as the kernel knows it. */
function agentPid({ pid }: ChildProcess): number {
  const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(ids.find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('--kind')))
}

function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

async function end({ child }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const pid = agentPid(child)
  expect(isAlive(pid)).toBe(true)
  child.kill(signal)
  await once(child, 'exit')
  await until(`the agent ends after ${signal}`, () => (isAlive(pid) ? undefined : true))
}

describe.skipIf(process.platform !== 'linux')(
  'the agent of this machine',
  { timeout: 90_000 },
  () => {
    let server: Running
    let first: Agent[]

    test('is one healthy agent, and shows the machine and its processes', async () => {
      server = await start()
      await api(server, 'POST', '/api/setup', { token: server.setup, name: 'ada', password })
      first = await healthy(server)
      expect(first).toMatchObject([{ kind: 'host', components: [{ id: 'host' }] }])
      const wanted = ['system.cpu.time', 'system.memory.usage', 'system.filesystem.usage']
      wanted.push('system.network.io', 'system.processes.count', 'process.memory.usage')
      const metrics = await until('its metrics', async () => {
        const { metric } = await ask(server, 'metrics.list')
        return wanted.every((name) => metric!.includes(name)) ? metric : undefined
      })
      expect(metrics).toContain('process.cpu.time')
      const status = readFileSync(`/proc/${agentPid(server.child)}/status`, 'utf8')
      expect(Number(/VmRSS:\s+(\d+)/.exec(status)![1])).toBeLessThan(memory_kib_max)
    })

    test('says what it sees, soon after the start', async () => {
      const rows = await until('coverage', async () => {
        const { source, signal, state } = await ask(server, 'fleet.coverage')
        const told = source!.map((one, at) => `${one} ${signal![at]} ${state![at]}`)
        return told.includes('host metrics arriving') ? told : undefined
      })
      // Whatever this machine has: its logs arrive, or it is said why not.
      expect(rows.some((row) => /^host logs (arriving|blind)$/.test(row))).toBe(true)
    })

    test('reads the files that its policy names, from a line that is there on', async () => {
      const path = join(dir, 'own.log')
      writeFileSync(path, 'a line of before\n')
      type Policies = { policies: { id: string; revision: number }[] }
      const { policies } = await api<Policies>(server, 'GET', '/api/fleet/policies')
      const { revision } = policies.find(({ id }) => id === 'host')!
      const settings = { log_files: [path], journal: false }
      const document = { integrations: [{ id: 'host', type: 'host', settings }] }
      const change = { base: revision, document }
      await api(server, 'POST', '/api/fleet/policies/host/revisions', change)
      const bodies = async () => (await ask(server, 'logs.records', { search: 'line' })).body
      const has = (text: string) =>
        until(text, async () => ((await bodies())?.includes(text) ? true : undefined))
      await has('a line of before')
      appendFileSync(path, 'a line of now\n')
      await has('a line of now')
    })

    test('ends with the server, and is the same agent at the next start', async () => {
      await end(server, 'SIGTERM')
      server = await start()
      expect(server.setup).toBeUndefined()
      const again = await healthy(server)
      expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id))
    })

    test('ends with a server that was killed', async () => {
      await end(server, 'SIGKILL')
    })
  },
)
