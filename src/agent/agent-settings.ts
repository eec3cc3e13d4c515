/**
 * Every setting of the agent: default, bound and sentence. Reading flags and variables is
 * config.ts; the reference is generated from here.
 */
import { z } from 'zod'
import { agentKinds } from '../model/fleet.ts'

export type AgentSetting<Value> = {
  schema: z.ZodType<Value, string>
  default: string
  bound: string
  says: string
  /** Never printed. */
  secret?: true
}

const mebibyte = 1024 ** 2
const units = ['', 'KiB', 'MiB', 'GiB', 'TiB']

export const agentSettings = {
  server: url('http://127.0.0.1:4300', 'The Crowsnest server: where the agent enrols.'),
  ingest: url('http://127.0.0.1:4318', 'Where telemetry goes: the server’s OTLP over HTTP.'),
  token: {
    ...text('', 'Enrolment token, or without Fleet an ingest token. Prefer token_file.'),
    secret: true,
  },
  token_file: path('', 'File that holds that token; read again whenever it is needed.'),
  ca_file: path('', 'Authority (PEM) of the server’s certificate, when the system has it not.'),
  state_dir: path('./agent-state', 'What outlives the process: key, policy, positions, spool.'),
  kind: choice(agentKinds, 'host', 'What it watches: a node, the cluster as a whole, or a host.'),
  node: text('', 'Name of the Kubernetes node it runs on.'),
  node_ip: text('', 'Address of that node.'),
  pod: text('', 'Name of the pod it runs in.'),
  namespace: text('', 'Namespace of that pod.'),
  cluster: text('', 'Name of the cluster; that of the token wins.'),
  host: text('', 'Name of the machine; empty: what the system calls it.'),
  host_root: path('/', 'Where the machine’s own files are seen, such as /host in a container.'),
  policy: path('', 'A policy (YAML): the agent then runs without Fleet.'),
  tags: text('', 'Words that people find it by in Fleet, separated by commas.'),
  kubernetes_url: url('', 'The Kubernetes API; in a pod its own.'),
  kubernetes_token_file: path('', 'Token with which that API is asked; in a pod its own.'),
  kubernetes_ca_file: path('', 'Authority (PEM) of that API; in a pod its own.'),
  spool_bytes_max: bytes(
    1024 * mebibyte,
    mebibyte,
    1024 ** 4,
    'Disk for what waits to be sent; never more than a tenth of the disk.',
  ),
  in_flight_max: count(4, 1, 64, 'Requests to the server at one time.'),
  checkin_wait_s: count(60, 0, 300, 'How long the server may hold a check-in open.'),
  probation_s: count(60, 0, 3600, 'How long a new policy is watched before it is kept.'),
  log_level: choice(
    ['debug', 'info', 'warn', 'error'] as const,
    'info',
    'The least severe line that is written.',
  ),
} as const

function text(fallback: string, says: string): AgentSetting<string> {
  return { schema: z.string().max(4096), default: fallback, bound: 'text', says }
}

function path(fallback: string, says: string): AgentSetting<string> {
  return { ...text(fallback, says), bound: 'path' }
}

function url(fallback: string, says: string): AgentSetting<string> {
  const isUrl = (word: string) => word === '' || /^https?:$/.test(protocolOf(word))
  const schema = z.string().max(2048).refine(isUrl)
  return { schema, default: fallback, bound: 'http://… or https://…', says }
}

function protocolOf(word: string): string {
  return URL.canParse(word) ? new URL(word).protocol : ''
}

function choice<Word extends string>(
  words: readonly Word[],
  fallback: Word,
  says: string,
): AgentSetting<Word> {
  const schema = z.enum([...words]) as unknown as z.ZodType<Word, string>
  return { schema, default: fallback, bound: words.join(', '), says }
}

function count(fallback: number, min: number, max: number, says: string): AgentSetting<number> {
  const schema = z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))
  return { schema, default: String(fallback), bound: `${min} to ${max}`, says }
}

/** A number of bytes, or one with a binary unit: 512MiB. */
function bytes(fallback: number, min: number, max: number, says: string): AgentSetting<number> {
  const schema = z
    .string()
    .regex(/^\d+(KiB|MiB|GiB|TiB)?$/)
    .transform((word) => Number.parseInt(word, 10) * 1024 ** exponentOf(word))
    .pipe(z.number().min(min).max(max))
  return { schema, default: inUnits(fallback), bound: `${inUnits(min)} to ${inUnits(max)}`, says }
}

function exponentOf(word: string): number {
  return Math.max(0, units.indexOf(word.replace(/^\d+/, '')))
}

function inUnits(value: number): string {
  let unit = 0
  let left = value
  for (; unit < 4 && left >= 1024 && left % 1024 === 0; unit++) left /= 1024
  return `${left}${units[unit]}`
}
