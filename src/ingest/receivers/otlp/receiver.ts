/** OpenTelemetry's own protocol: logs, traces and metrics over HTTP (protobuf, JSON) and gRPC. */
import type { Receiver } from '../../receiver.ts'
import { otlpMethods } from './grpc.ts'
import { otlpRoutes } from './http.ts'

export const otlp: Receiver = {
  name: 'otlp',
  http: { listener: 'otlp_http', also: ['apm'], routes: otlpRoutes },
  grpc: { listener: 'otlp_grpc', also: ['apm'], methods: otlpMethods },
}
