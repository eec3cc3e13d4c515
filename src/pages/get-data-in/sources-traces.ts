/** Data table: senders of traces and the configuration that sends them here. */
import { lines } from './lines.ts'
import type { Source } from './sources.ts'

export const traceSources: readonly Source[] = [
  {
    id: 'opentelemetry',
    name: 'OpenTelemetry SDK',
    also: 'otlp otel',
    group: 'traces',
    receivers: ['otlp'],
    signal: 'traces',
    listener: 'otlp_http',
    configs: [
      {
        title: 'environment',
        text: ({ url, token }) =>
          lines(
            `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
            'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
            token !== '' && `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${token}`,
            'OTEL_SERVICE_NAME=my-service',
          ),
      },
    ],
  },
  {
    id: 'elastic-apm',
    name: 'Elastic APM agents',
    also: 'apm server rum java python nodejs go',
    group: 'traces',
    receivers: ['apm'],
    listener: 'apm',
    under: '/apm',
    configs: [
      {
        title: 'environment',
        text: ({ url, token, is_tls }) =>
          lines(
            `ELASTIC_APM_SERVER_URL=${url}`,
            token !== '' && `ELASTIC_APM_SECRET_TOKEN=${token}`,
            'ELASTIC_APM_SERVICE_NAME=my-service',
            'ELASTIC_APM_ENVIRONMENT=production',
            is_tls && 'ELASTIC_APM_SERVER_CA_CERT_FILE=/etc/crowsnest/ca.pem',
          ),
      },
    ],
  },
  {
    id: 'jaeger',
    name: 'Jaeger clients and agents',
    also: 'thrift opentracing',
    group: 'traces',
    receivers: ['jaeger'],
    listener: 'otlp_http',
    under: '',
    configs: [
      {
        title: 'environment',
        text: ({ url, token }) =>
          lines(
            `JAEGER_ENDPOINT=${url}/api/traces`,
            token !== '' && `JAEGER_AUTH_TOKEN=${token}`,
            'JAEGER_SERVICE_NAME=my-service',
          ),
      },
    ],
  },
  {
    id: 'zipkin',
    name: 'Zipkin',
    also: 'brave spring sleuth b3',
    group: 'traces',
    receivers: ['zipkin'],
    listener: 'otlp_http',
    under: '',
    configs: [
      {
        title: 'application.properties',
        text: ({ url }) => `management.zipkin.tracing.endpoint=${url}/api/v2/spans`,
      },
    ],
  },
]
