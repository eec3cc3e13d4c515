/**
 * Opens the listeners that the configuration names and gives each the receivers that serve it.
 * Prints nothing: it answers the lines to print. Leaves tokens to the server that passes
 * `authorize`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseAddress } from './address.ts'
import { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import type { Counters, IngestStats } from './counters.ts'
import type { Intake } from './intake.ts'
import type {
  ListenContext,
  Listener,
  ListenLog,
  OtherPaths,
  OthersHere,
} from './listen-context.ts'
import { createGrpcListener } from './listen-grpc.ts'
import { createHttpHandler, createHttpListener, type HttpServed } from './listen-http.ts'
import { type ListenLimits, listenLimits } from './listen-limits.ts'
import { createMixedListener } from './listen-mixed.ts'
import { createStreamListener } from './listen-stream.ts'
import type { Authorize, ListenerName, Receiver, StreamSettings } from './receiver.ts'
import { loadTls, type TlsFiles, watchTls } from './tls.ts'
import { TokenUsers } from './token.ts'

export type ListenConfig = {
  /** `address` is host:port or off. */
  listeners: readonly { name: ListenerName; address: string }[]
  tls?: TlsFiles | undefined
  /** Origins of pages whose browsers send telemetry; `*` allows all. */
  cors_origins?: readonly string[] | undefined
  limits?: Partial<ListenLimits> | undefined
  streams?: Partial<StreamSettings> | undefined
}

export type ListenNeeds = {
  receivers: readonly Receiver[]
  intake: Intake
  authorize: Authorize
  counters: Counters
  clock: Clock
  log: ListenLog
  /** Serves what is no receiver's: what is asked of a listener, not sent to it. */
  others?: OtherPaths | undefined
}

export interface Listeners {
  bound: readonly { name: ListenerName; address: string }[]
  /** `listening otlp_grpc 127.0.0.1:43177`, one for each. */
  lines: readonly string[]
  /** Serves what receivers mount on the screens' port; false when the path is none of theirs. */
  onUi(request: IncomingMessage, response: ServerResponse): boolean
  /** Closes the connections that last used a token that was revoked; answers how many. */
  dropToken(token_id: string): number
  stats(): IngestStats
  /** Stops accepting, lets requests finish until the deadline, then closes what is left. */
  close(deadline_ms: number): Promise<void>
}

export async function startListeners(config: ListenConfig, needs: ListenNeeds): Promise<Listeners> {
  const { counters, clock, log } = needs
  const limits = limitsOf(config)
  const { intake, authorize, others } = needs
  const parts = { intake, authorize, counters, clock, log, limits }
  const shared = { ...parts, budget: new Budget(limits), tokenUsers: new TokenUsers() }
  const tls = config.tls && loadTls(config.tls)
  const open: Listener[] = []
  const bound: { name: ListenerName; address: string }[] = []
  const closeAll = (deadline_ms: number) => closeListeners(open, deadline_ms)
  try {
    for (const { name, address } of config.listeners) {
      if (address === 'off') continue
      const { host, port } = parseAddress(`listen.${name}`, address)
      const here = othersAt(name, others)
      const context = { ...shared, tls, others: here, counts: counters.listener(name) }
      const listener = createListener(name, context, needs.receivers, config)
      open.push(listener)
      bound.push({ name, address: await listener.listen(host, port) })
    }
  } catch (error) {
    await closeAll(0)
    throw error
  }
  const stopWatch = watch(config.tls, open, clock, log)
  return {
    bound,
    onUi: createHttpHandler(httpServed('ui', needs.receivers), {
      ...shared,
      counts: counters.listener('ui'),
      cors_origins: config.cors_origins ?? [],
    }),
    lines: bound.map(({ name, address }) => `listening ${name} ${address}`),
    dropToken: (token_id) => shared.tokenUsers.drop(token_id),
    stats: () => ({
      records: counters.records(),
      listeners: counters.listeners(),
      in_flight_bytes: shared.budget.bytes,
      in_flight_requests: shared.budget.requests,
    }),
    close(deadline_ms) {
      stopWatch()
      return closeAll(deadline_ms)
    },
  }
}

function othersAt(name: ListenerName, others: OtherPaths | undefined): OthersHere | undefined {
  return (
    others && {
      request: (request, response) => others.request(name, request, response),
      upgrade: (request, socket, head) => others.upgrade(name, request, socket, head),
    }
  )
}

/** The largest body must fit, as sent and decompressed, or its sender would retry forever. */
function limitsOf(config: ListenConfig): ListenLimits {
  const body_bytes_max = config.limits?.body_bytes_max ?? listenLimits.body_bytes_max
  const in_flight_bytes_max = Math.max(listenLimits.in_flight_bytes_max, 3 * body_bytes_max)
  return { ...listenLimits, in_flight_bytes_max, ...config.limits }
}

function createListener(
  name: ListenerName,
  shared: ListenContext,
  receivers: readonly Receiver[],
  config: ListenConfig,
): Listener {
  const stream = receivers
    .flatMap(({ name: source, streams }) => streams?.map((one) => ({ ...one, source })) ?? [])
    .find(({ listener }) => listener === name)
  if (stream !== undefined) {
    return createStreamListener(stream, { ...shared, settings: streamSettings(config, shared) })
  }
  const methods = receivers.flatMap(({ name: source, grpc }) =>
    grpc !== undefined && isServed(grpc, name)
      ? grpc.methods.map((method) => ({ ...method, source }))
      : [],
  )
  const served = httpServed(name, receivers)
  const cors_origins = config.cors_origins ?? []
  const hasHttp = served.routes.length > 0 || served.services.length > 0
  if (methods.length === 0 || !hasHttp) {
    if (methods.length > 0) return createGrpcListener(methods, shared)
    return createHttpListener(served, { ...shared, cors_origins })
  }
  const plain = { ...shared, tls: undefined }
  const http = createHttpListener(served, { ...plain, cors_origins })
  return createMixedListener(http, createGrpcListener(methods, plain), shared)
}

function isServed(
  served: { listener: ListenerName; also?: readonly ListenerName[] },
  name: string,
) {
  return served.listener === name || (served.also?.some((one) => one === name) ?? false)
}

/** What the receivers serve over HTTP at a listener, or under the paths of the screens' port. */
export function httpServed(name: ListenerName | 'ui', receivers: readonly Receiver[]): HttpServed {
  const routes = receivers.flatMap(({ name: source, http }) =>
    http !== undefined && isServed(http, name)
      ? http.routes.map((route) => ({ ...route, source }))
      : [],
  )
  const services = receivers.flatMap(({ name: source, services: own = [] }) =>
    own.flatMap((service) =>
      service.mounts
        .filter(({ listener }) => listener === name)
        .map(({ under }) => ({ service, source, under })),
    ),
  )
  return { routes, services }
}

function streamSettings(config: ListenConfig, { limits }: ListenContext): StreamSettings {
  return {
    hostname: 'crowsnest',
    shared_key: '',
    users: new Map(),
    trusted: new Map(),
    ...config.streams,
    body_bytes_max: limits.body_bytes_max,
  }
}

function watch(tls: TlsFiles | undefined, open: Listener[], clock: Clock, log: ListenLog) {
  if (tls === undefined) return () => {}
  return watchTls(tls, clock, {
    apply: (options) => {
      for (const listener of open) listener.setTls(options)
    },
    report: (fault) => log.warn({ fault: fault.answer() }, 'the new certificate is not used'),
  })
}

async function closeListeners(open: readonly Listener[], deadline_ms: number): Promise<void> {
  const drained = Promise.all(open.map((listener) => listener.drain().catch(() => {})))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadline_ms)
  })
  await Promise.race([drained, late])
  clearTimeout(timer)
  for (const listener of open) listener.destroy()
  await drained
}
