/** Data table: shippers of logs and the configuration that sends them here. */
import { lines } from './lines.ts'
import type { Reach } from './reach.ts'
import type { Source } from './sources.ts'

const elastic = {
  receivers: ['elastic'],
  signal: 'logs',
  listener: 'elastic',
  under: '/elastic',
} as const

function beat(output: string): (reach: Reach) => string {
  return ({ url, token, is_tls }) =>
    lines(
      ...output.split('\n'),
      'output.elasticsearch:',
      `  hosts: ["${url}"]`,
      token !== '' && '  username: "crowsnest"',
      token !== '' && `  password: "${token}"`,
      is_tls && '  ssl.certificate_authorities: ["/etc/crowsnest/ca.pem"]',
      '  allow_older_versions: true',
    )
}

const filebeatInput = `filebeat.inputs:
  - type: filestream
    id: containers
    paths: ["/var/log/containers/*.log"]
    parsers: [{ container: ~ }]
    prospector.scanner.symlinks: true
processors:
  - add_kubernetes_metadata: ~`

export const logSources: readonly Source[] = [
  {
    id: 'filebeat',
    name: 'Filebeat',
    also: 'beats elastic agent elasticsearch',
    group: 'logs',
    ...elastic,
    configs: [
      { title: 'filebeat.yml', text: beat(filebeatInput) },
      { title: 'shell', text: () => 'filebeat test output && filebeat -e' },
    ],
    find: 'agent.type:filebeat',
  },
  {
    id: 'fluent-bit',
    name: 'Fluent Bit',
    also: 'fluentbit forward',
    group: 'logs',
    receivers: ['fluent_forward'],
    listener: 'fluent_forward',
    configs: [
      {
        title: 'fluent-bit.yaml (forward)',
        text: ({ host, port, is_tls }) =>
          lines(
            'pipeline:',
            '  inputs:',
            '    - name: tail',
            '      path: /var/log/containers/*.log',
            '      multiline.parser: docker, cri',
            '      tag: kube.*',
            '  filters:',
            '    - name: kubernetes',
            '      match: kube.*',
            '  outputs:',
            '    - name: forward',
            "      match: '*'",
            `      host: ${host}`,
            `      port: ${port}`,
            '      require_ack_response: true',
            is_tls && '      tls: on',
            is_tls && '      tls.ca_file: /etc/crowsnest/ca.pem',
            '      # shared_key: what fluent_forward.shared_key says',
          ),
      },
    ],
    find: 'fluent.tag:*',
  },
  {
    id: 'fluentd',
    name: 'Fluentd',
    also: 'td-agent efk forward elasticsearch',
    group: 'logs',
    receivers: ['fluent_forward'],
    listener: 'fluent_forward',
    configs: [
      {
        title: 'fluent.conf (forward)',
        text: ({ host, port, is_tls }) =>
          lines(
            '<match **>',
            '  @type forward',
            '  require_ack_response true',
            is_tls && '  transport tls',
            is_tls && '  tls_cert_path /etc/crowsnest/ca.pem',
            '  <server>',
            `    host ${host}`,
            `    port ${port}`,
            '  </server>',
            '  # <security> shared_key … </security> when fluent_forward.shared_key is set',
            '</match>',
          ),
      },
    ],
    find: 'fluent.tag:*',
  },
  {
    id: 'fluentd-elasticsearch',
    name: 'Fluentd → Elasticsearch',
    also: 'efk fluent-plugin-elasticsearch',
    group: 'logs',
    ...elastic,
    configs: [
      {
        title: 'fluent.conf (elasticsearch)',
        text: ({ url, token }) =>
          lines(
            '<match **>',
            '  @type elasticsearch',
            `  hosts ${url}`,
            token !== '' && '  user crowsnest',
            token !== '' && `  password ${token}`,
            '  logstash_format true',
            '  reload_connections false',
            '</match>',
          ),
      },
    ],
  },
  {
    id: 'logstash',
    name: 'Logstash',
    also: 'elasticsearch elk',
    group: 'logs',
    ...elastic,
    configs: [
      {
        title: 'logstash.conf',
        text: ({ url, token, is_tls }) =>
          lines(
            'output {',
            '  elasticsearch {',
            `    hosts => ["${url}"]`,
            token !== '' && '    user => "crowsnest"',
            token !== '' && `    password => "${token}"`,
            is_tls && '    ssl_certificate_authorities => ["/etc/crowsnest/ca.pem"]',
            '    data_stream => true',
            '  }',
            '}',
          ),
      },
    ],
  },
  {
    id: 'promtail',
    name: 'Promtail, Grafana Alloy',
    also: 'loki grafana agent',
    group: 'logs',
    receivers: ['loki'],
    listener: 'loki',
    under: '',
    configs: [
      {
        title: 'promtail.yaml',
        text: ({ url, token }) =>
          lines(
            'clients:',
            `  - url: ${url}/loki/api/v1/push`,
            token !== '' && '    basic_auth:',
            token !== '' && '      username: crowsnest',
            token !== '' && `      password: ${token}`,
          ),
      },
      {
        title: 'config.alloy',
        text: ({ url, token }) =>
          lines(
            'loki.write "crowsnest" {',
            '  endpoint {',
            `    url = "${url}/loki/api/v1/push"`,
            token !== '' && `    bearer_token = "${token}"`,
            '  }',
            '}',
          ),
      },
    ],
  },
  {
    id: 'syslog',
    name: 'Syslog',
    also: 'rsyslog syslog-ng logger',
    group: 'logs',
    receivers: ['syslog'],
    listener: 'syslog',
    configs: [
      {
        title: 'rsyslog.d/crowsnest.conf',
        text: ({ host, port, is_tls }) =>
          lines(
            `*.* action(type="omfwd" target="${host}" port="${port}" protocol="tcp"`,
            '  template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"',
            is_tls && '  StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="anon"',
            '  queue.type="LinkedList" queue.filename="crowsnest" action.resumeRetryCount="-1")',
          ),
      },
      {
        title: 'shell',
        text: ({ host, port }) => `logger --server ${host} --port ${port} --tcp --rfc5424 "hello"`,
      },
    ],
  },
  {
    id: 'journald',
    name: 'systemd journal',
    also: 'journald journalctl',
    group: 'logs',
    receivers: ['journald'],
    listener: 'otlp_http',
    under: '',
    configs: [
      {
        title: 'shell',
        text: ({ url, token }) =>
          lines(
            'journalctl -o export --since -1h | curl --data-binary @- \\',
            "  -H 'Content-Type: application/vnd.fdo.journal' \\",
            token !== '' && `  -H 'Authorization: Bearer ${token}' \\`,
            `  ${url}/ingest/journald`,
          ),
      },
    ],
  },
  {
    id: 'json-lines',
    name: 'JSON lines',
    also: 'curl http vector ndjson',
    group: 'logs',
    receivers: ['json_lines'],
    listener: 'otlp_http',
    under: '',
    configs: [
      {
        title: 'shell',
        text: ({ url, token }) =>
          lines(
            `curl ${url}/ingest/jsonl \\`,
            token !== '' && `  -H 'Authorization: Bearer ${token}' \\`,
            `  -d '{"service.name":"hello","level":"info","message":"first line"}'`,
          ),
      },
    ],
    find: 'service:hello',
  },
]
