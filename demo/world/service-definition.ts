/** What a service of the shop is: its deployment, its telemetry habits, and how it answers. */
import type { Attributes } from '@opentelemetry/api'
import type { Random } from '../random.ts'
import type { Call } from './call.ts'

export type Severity = 'debug' | 'info' | 'warn' | 'error' | 'fatal'
export type Fields = Record<string, string | number | boolean>

export type Asked = {
  parameters: Record<string, string>
  query: URLSearchParams
  headers: Readonly<Record<string, string>>
  body: Record<string, unknown>
}
export type Answer = (call: Call, asked: Asked) => Promise<object | undefined>
/** `path` is the route template: `/products/{id}`. */
export type Route = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; answer: Answer }

export type Message = {
  topic: string
  key: string
  headers: Record<string, string>
  body: Record<string, unknown>
  partition: number
  offset: number
}
export type Consumer = {
  topic: string
  group: string
  /** A consumer span is the producer's child, or begins a trace that links to the producer. */
  relation: 'parent' | 'link'
  process: (call: Call, message: Message) => Promise<void>
}

/** A line that a process writes by itself, outside any request. */
export type Chatter = {
  severity: Severity
  /** Mean time between two of them in one pod. */
  every_s: number
  say: (random: Random) => { message: string; fields?: Fields }
}

export type Service = {
  name: string
  version: string
  namespace: 'shop' | 'payments' | 'data'
  replicas: number
  port: number
  image: string
  /** Which generation of semantic conventions its instrumentation speaks. */
  conventions: 'old' | 'new'
  transport: 'proto' | 'grpc' | 'json'
  /** In a cluster it sends to the agent of its node and leaves it to that to say who it is. */
  through_node?: 'says nothing' | 'says pod uid'
  delta?: true
  exemplars?: true
  log_style: 'structured' | 'map' | 'json' | 'text' | 'logfmt'
  heap_bytes: number
  memory_limit_bytes: number
  /** The database pool, for its gauges. */
  pool?: { name: string; size: number; troubled_by?: 'slow-database' }
  labels?: Attributes
  routes: readonly Route[]
  rpc?: { name: string; methods: Readonly<Record<string, Answer>> }
  consumes?: readonly Consumer[]
  chatter?: readonly Chatter[]
}

export const mebibyte = 1024 * 1024
