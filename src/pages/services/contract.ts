/**
 * The questions of the Services pages: the list, the map, and one service with its operations,
 * calls, errors and instances. All counts come from summaries made before any sampling.
 */
import { z } from 'zod'
import { question, type RangeAsk, rangeAsk } from '../../model/question.ts'

const range = z.strictObject(rangeAsk)
const ofService = z.strictObject({ ...rangeAsk, service: z.string().min(1).max(1024) })
export type ServiceAsk = RangeAsk & { service: string }

/** Columns of equal length. Percentiles are null where nothing was called. */
export type ServiceList = {
  bucket_ms: number
  /** Start of each bucket of the sparklines. */
  time_ms: number[]
  service: string[]
  namespace: string[]
  calls: number[]
  errors: number[]
  p50_ns: (number | null)[]
  p95_ns: (number | null)[]
  p99_ns: (number | null)[]
  /** The same length of time just before, to show what changed. */
  calls_before: number[]
  errors_before: number[]
  p95_ns_before: (number | null)[]
  /** Per service, per bucket; null where nothing arrived. */
  calls_series: (number | null)[][]
  errors_series: (number | null)[][]
  p95_ns_series: (number | null)[][]
}
export const serviceList = question<ServiceList>()('services.list', range)

export type PeerKind = 'service' | 'external' | 'database' | 'messaging' | 'user'
export type ServiceMap = {
  service: string[]
  peer_service: string[]
  peer_kind: PeerKind[]
  peer_system: string[]
  calls: number[]
  errors: number[]
  p50_ns: (number | null)[]
  p95_ns: (number | null)[]
}
/** Edges; with a service, only those that touch it. */
export const serviceMap = question<ServiceMap>()(
  'services.map',
  z.strictObject({ ...rangeAsk, service: z.string().max(1024).optional() }),
)

export type ServiceSeries = {
  bucket_ms: number
  time_ms: number[]
  calls: (number | null)[]
  errors: (number | null)[]
  p50_ns: (number | null)[]
  p95_ns: (number | null)[]
  p99_ns: (number | null)[]
}
export const serviceSeries = question<ServiceSeries>()(
  'services.series',
  z.strictObject({
    ...rangeAsk,
    service: z.string().min(1).max(1024),
    operation: z.string().max(4096).optional(),
  }),
)

export type ServiceOperations = {
  name: string[]
  kind: string[]
  is_entry: boolean[]
  calls: number[]
  errors: number[]
  p50_ns: (number | null)[]
  p95_ns: (number | null)[]
  p99_ns: (number | null)[]
  duration_ns_sum: number[]
  /** How many operations exist; more than are listed when the list is capped. */
  total: number
}
export const serviceOperations = question<ServiceOperations>()('services.operations', ofService)

export type ServiceErrors = {
  name: string[]
  exception: string[]
  message: string[]
  count: number[]
  last_ms: number[]
  trace_id: string[]
  span_id: string[]
}
export const serviceErrors = question<ServiceErrors>()('services.errors', ofService)

export type ServiceInstances = {
  pod: string[]
  node: string[]
  namespace: string[]
  cluster: string[]
  version: string[]
  resource_id: string[]
  calls: number[]
  errors: number[]
  p95_ns: (number | null)[]
  last_ms: number[]
}
export const serviceInstances = question<ServiceInstances>()('services.instances', ofService)

/** When a new version of the service was first seen: the marks on its charts. */
export type ServiceVersions = { time_ms: number[]; version: string[]; before: string[] }
export const serviceVersions = question<ServiceVersions>()('services.versions', ofService)
