/**
 * One piece of work in a pod: its span, its clock and what it may say. Handlers get one; calls to
 * others are in outgoing.ts. Contexts are passed by hand because many services share one process.
 */
import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { around, type Random } from '../random.ts'
import type { ScenarioName } from '../scenarios.ts'
import type { MetricName } from '../telemetry/instruments.ts'
import { type Clock, hrTime } from './clock.ts'
import { Refusal, told, typeOf } from './failures.ts'
import { logRecord } from './log-lines.ts'
import type { Pod } from './pod.ts'
import type { Fields, Message, Severity } from './service-definition.ts'

export type WireRequest = {
  protocol: 'http' | 'grpc'
  service: string
  method: string
  path: string
  headers: Record<string, string>
  body: Record<string, unknown>
  timeout_ms: number
}
export type WireReply = { status: number; body: Record<string, unknown> }

/** Everything around a piece of work that differs between the present and the past. */
export type World = {
  clock: Clock
  random: Random
  trouble: (scenario: ScenarioName) => boolean
  /** Carries a request to a pod of the service. Throws WireFailure. */
  deliver: (request: WireRequest) => Promise<WireReply>
  publish: (message: Message) => void
  offsetOf: (topic: string) => number
}

export type Spanning = { kind?: SpanKind; attributes?: Attributes; links?: Link[] }

const exceptionsTold = new WeakSet<object>()

export class Call {
  readonly pod: Pod
  readonly world: World
  readonly context: Context
  readonly span: Span | undefined

  constructor(pod: Pod, world: World, context: Context) {
    this.pod = pod
    this.world = world
    this.context = context
    this.span = trace.getSpan(context)
  }

  now_ms(): number {
    return this.world.clock.now_ms()
  }

  get random(): Random {
    return this.world.random
  }

  /** The service's own work; takes about so long. */
  work(median_ms: number): Promise<void> {
    return this.world.clock.sleep(around(this.random, median_ms))
  }

  together<Part>(...parts: (() => Promise<Part>)[]): Promise<Part[]> {
    return this.world.clock.together(parts)
  }

  /** Runs work inside a new span, which tells the error that leaves it. */
  async spanning<Done>(
    name: string,
    { kind = SpanKind.INTERNAL, attributes = {}, links = [] }: Spanning,
    body: (inner: Call) => Promise<Done>,
  ): Promise<Done> {
    const { tracer } = this.pod.telemetry
    const startTime = hrTime(this.now_ms())
    const span = tracer.startSpan(name, { kind, attributes, links, startTime }, this.context)
    const inner = new Call(this.pod, this.world, trace.setSpan(this.context, span))
    try {
      return await body(inner)
    } catch (error) {
      inner.fail(error)
      throw error
    } finally {
      span.end(hrTime(this.now_ms()))
    }
  }

  /**
   * Marks the span as failed. An exception is told once, at the span where it arose; an answer that
   * is not a success is no exception.
   */
  fail(error: unknown): void {
    const about = told(error)
    this.span?.setStatus({ code: SpanStatusCode.ERROR, message: about.message })
    this.span?.setAttribute('error.type', typeOf(error))
    if (!(error instanceof Error) || error instanceof Refusal) return
    if (exceptionsTold.has(error)) return
    exceptionsTold.add(error)
    this.span?.recordException(about, hrTime(this.now_ms()))
  }

  log(severity: Severity, message: string, fields: Fields = {}): void {
    const time_ms = this.now_ms()
    const line = { severity, message, fields, time_ms }
    const record = logRecord(this.pod.service, line)
    const timestamp = hrTime(time_ms)
    const context = this.context
    this.pod.telemetry.logger.emit({ ...record, timestamp, observedTimestamp: timestamp, context })
  }

  /** An error with its stack trace, in the way the service writes lines. */
  logError(message: string, error: unknown, fields: Fields = {}): void {
    const { name, stack } = told(error)
    if (this.pod.service.log_style === 'text') {
      this.log('error', `${message}\n${stack}`, fields)
      return
    }
    this.log('error', message, {
      ...fields,
      'exception.type': name,
      'exception.message': told(error).message,
      'exception.stacktrace': stack,
    })
  }

  /** Something that happened in the business, as an OpenTelemetry event. */
  event(eventName: string, body: Fields): void {
    const timestamp = hrTime(this.now_ms())
    this.pod.telemetry.logger.emit({
      eventName,
      body,
      timestamp,
      observedTimestamp: timestamp,
      severityNumber: 9,
      severityText: 'INFO',
      attributes: { 'event.name': eventName },
      context: this.context,
    })
  }

  record(metric: MetricName, value: number, attributes: Attributes = {}): void {
    const span = this.span?.spanContext()
    const time_ms = this.now_ms()
    const occasion = span === undefined ? { time_ms } : { time_ms, span }
    this.pod.telemetry.record(metric, value, attributes, occasion)
  }
}
