/** Data table: every metric the shop records, with its kind, unit and buckets. */

export type InstrumentKind = 'counter' | 'up_down_counter' | 'gauge' | 'histogram' | 'exponential'
export type Instrument = {
  kind: InstrumentKind
  unit: string
  description: string
  bounds?: readonly number[]
  /** Observed values of a counter kind grow by themselves: process.cpu.time. */
  observed?: true
}

/** The boundaries that semantic conventions advise for durations in seconds. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
const milliseconds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]

const recorded = {
  'http.server.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of HTTP server requests.',
    bounds: seconds,
  },
  'http.server.duration': {
    kind: 'histogram',
    unit: 'ms',
    description: 'Measures the duration of inbound HTTP requests.',
    bounds: milliseconds,
  },
  'http.server.active_requests': {
    kind: 'up_down_counter',
    unit: '{request}',
    description: 'Number of active HTTP server requests.',
  },
  'http.client.request.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of HTTP client requests.',
    bounds: seconds,
  },
  'http.client.duration': {
    kind: 'histogram',
    unit: 'ms',
    description: 'Measures the duration of outbound HTTP requests.',
    bounds: milliseconds,
  },
  'rpc.server.duration': {
    kind: 'exponential',
    unit: 'ms',
    description: 'Measures the duration of inbound RPC.',
  },
  'db.client.operation.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of database client operations.',
    bounds: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
  },
  'messaging.client.sent.messages': {
    kind: 'counter',
    unit: '{message}',
    description: 'Number of messages producer attempted to send to the broker.',
  },
  'messaging.client.consumed.messages': {
    kind: 'counter',
    unit: '{message}',
    description: 'Number of messages that were delivered to the application.',
  },
  'messaging.process.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of processing operation.',
    bounds: seconds,
  },
  'shop.orders.placed': {
    kind: 'counter',
    unit: '{order}',
    description: 'Orders that were paid and accepted.',
  },
  'shop.orders.failed': {
    kind: 'counter',
    unit: '{order}',
    description: 'Orders that could not be placed, by reason.',
  },
  'shop.order.value': {
    kind: 'exponential',
    unit: '{USD}',
    description: 'Value of an order in US dollars.',
  },
  'shop.cart.items': {
    kind: 'histogram',
    unit: '{item}',
    description: 'Items in a cart when it is shown.',
    bounds: [0, 1, 2, 3, 5, 8, 13],
  },
  'shop.cache.lookups': {
    kind: 'counter',
    unit: '{lookup}',
    description: 'Cache lookups by result.',
  },
  'shop.payment.charges': {
    kind: 'counter',
    unit: '{charge}',
    description: 'Charges sent to the payment provider by outcome.',
  },
  'shop.stock.reserved': {
    kind: 'up_down_counter',
    unit: '{item}',
    description: 'Items that are reserved and not yet shipped.',
  },
} as const satisfies Record<string, Instrument>

const observed = {
  'process.cpu.time': {
    kind: 'counter',
    unit: 's',
    description: 'Total CPU seconds broken down by mode.',
    observed: true,
  },
  'process.cpu.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'CPU time as a share of the time that passed.',
    observed: true,
  },
  'process.memory.usage': {
    kind: 'up_down_counter',
    unit: 'By',
    description: 'The amount of physical memory in use.',
    observed: true,
  },
  'v8js.memory.heap.used': {
    kind: 'gauge',
    unit: 'By',
    description: 'Heap memory in use.',
    observed: true,
  },
  'v8js.memory.heap.limit': {
    kind: 'gauge',
    unit: 'By',
    description: 'The most heap memory the process may use.',
    observed: true,
  },
  'nodejs.eventloop.delay.p99': {
    kind: 'gauge',
    unit: 's',
    description: 'Event loop 99th percentile delay.',
    observed: true,
  },
  'nodejs.eventloop.utilization': {
    kind: 'gauge',
    unit: '1',
    description: 'Event loop utilization.',
    observed: true,
  },
  'db.client.connection.count': {
    kind: 'up_down_counter',
    unit: '{connection}',
    description: 'The number of connections in the pool by state.',
    observed: true,
  },
  'db.client.connection.pending_requests': {
    kind: 'up_down_counter',
    unit: '{request}',
    description: 'Requests that wait for an open connection.',
    observed: true,
  },
  'messaging.kafka.consumer.lag': {
    kind: 'gauge',
    unit: '{message}',
    description: 'Messages between the last offset and the consumer group.',
    observed: true,
  },
} as const satisfies Record<string, Instrument>

export type MetricName = keyof typeof recorded
export type ObservedName = keyof typeof observed
export const instruments: Readonly<Record<MetricName | ObservedName, Instrument>> = {
  ...recorded,
  ...observed,
}
export const observedNames = Object.keys(observed) as ObservedName[]
