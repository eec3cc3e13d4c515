/** Data table: shippers of metrics and the configuration that sends them here. */
import { lines } from './lines.ts'
import type { Source } from './sources.ts'

export const metricSources: readonly Source[] = [
  {
    id: 'prometheus',
    name: 'Prometheus',
    also: 'remote write agent victoriametrics vmagent',
    group: 'metrics',
    receivers: ['prometheus'],
    listener: 'otlp_http',
    under: '',
    configs: [
      {
        title: 'prometheus.yml',
        text: ({ url, token, is_tls }) =>
          lines(
            'remote_write:',
            `  - url: ${url}/api/v1/write`,
            token !== '' && '    authorization:',
            token !== '' && `      credentials: ${token}`,
            is_tls && '    tls_config:',
            is_tls && '      ca_file: /etc/crowsnest/ca.pem',
            '    # Prometheus 3: exact histograms and metadata with each series.',
            '    # protobuf_message: io.prometheus.write.v2.Request',
          ),
      },
    ],
  },
  {
    id: 'metricbeat',
    name: 'Metricbeat',
    also: 'beats elasticsearch',
    group: 'metrics',
    receivers: ['elastic'],
    signal: 'metrics',
    listener: 'elastic',
    under: '/elastic',
    configs: [
      {
        title: 'metricbeat.yml',
        text: ({ url, token, is_tls }) =>
          lines(
            'metricbeat.modules:',
            '  - module: system',
            '    metricsets: [cpu, memory, network, filesystem]',
            '    period: 10s',
            'output.elasticsearch:',
            `  hosts: ["${url}"]`,
            token !== '' && '  username: "crowsnest"',
            token !== '' && `  password: "${token}"`,
            is_tls && '  ssl.certificate_authorities: ["/etc/crowsnest/ca.pem"]',
            '  allow_older_versions: true',
          ),
      },
    ],
  },
  {
    id: 'otlp-metrics',
    name: 'OpenTelemetry Collector',
    also: 'otel otlp collector',
    group: 'metrics',
    receivers: ['otlp'],
    signal: 'metrics',
    listener: 'otlp_http',
    configs: [
      {
        title: 'collector.yaml',
        text: ({ url, token, is_tls }) =>
          lines(
            'exporters:',
            '  otlphttp/crowsnest:',
            `    endpoint: ${url}`,
            token !== '' && '    headers:',
            token !== '' && `      authorization: Bearer ${token}`,
            is_tls && '    tls:',
            is_tls && '      ca_file: /etc/crowsnest/ca.pem',
            'service:',
            '  pipelines:',
            '    logs: { receivers: [otlp], exporters: [otlphttp/crowsnest] }',
            '    metrics: { receivers: [otlp], exporters: [otlphttp/crowsnest] }',
            '    traces: { receivers: [otlp], exporters: [otlphttp/crowsnest] }',
          ),
      },
    ],
  },
]
