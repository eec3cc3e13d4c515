/** Data table: audit, runtime security and network records, and what sends them here. */
import { lines } from './lines.ts'
import type { Reach } from './reach.ts'
import type { Source } from './sources.ts'

const own = { group: 'security', listener: 'otlp_http', under: '' } as const

/** Reads a file of JSON lines and posts it; for sources that write files. */
function follow(path: string, file: string): (reach: Reach) => string {
  return ({ url, token }) =>
    lines(
      `curl --data-binary @${file} \\`,
      token !== '' && `  -H 'Authorization: Bearer ${token}' \\`,
      `  ${url}${path}`,
    )
}

/** For senders that have no place for a header: the token is the password. */
function withToken(url: string, token: string): string {
  return token === '' ? url : url.replace('://', `://any:${token}@`)
}

export const securitySources: readonly Source[] = [
  {
    ...own,
    id: 'kubernetes-audit',
    name: 'Kubernetes audit',
    also: 'apiserver webhook kubectl',
    receivers: ['kubernetes_audit'],
    configs: [
      {
        title: 'audit-webhook.yaml (--audit-webhook-config-file)',
        text: ({ url, token, is_tls }) =>
          lines(
            'apiVersion: v1',
            'kind: Config',
            'clusters:',
            '  - name: crowsnest',
            '    cluster:',
            `      server: ${url}/ingest/kubernetes/audit`,
            is_tls && '      certificate-authority: /etc/crowsnest/ca.pem',
            'users:',
            '  - name: apiserver',
            token === '' ? '    user: {}' : `    user: { token: "${token}" }`,
            'contexts:',
            '  - name: crowsnest',
            '    context: { cluster: crowsnest, user: apiserver }',
            'current-context: crowsnest',
          ),
      },
      {
        title: 'audit-policy.yaml (--audit-policy-file)',
        text: () =>
          lines(
            'apiVersion: audit.k8s.io/v1',
            'kind: Policy',
            'omitStages: [RequestReceived]',
            'rules:',
            '  - level: None',
            '    users: ["system:kube-proxy"]',
            '  - level: Metadata',
          ),
      },
    ],
    find: 'event_name:kubernetes.audit',
  },
  {
    ...own,
    id: 'falco',
    name: 'Falco',
    also: 'falcosidekick runtime',
    receivers: ['falco'],
    configs: [
      {
        title: 'falco.yaml',
        text: ({ url, token }) =>
          lines(
            'json_output: true',
            'http_output:',
            '  enabled: true',
            `  url: ${withToken(url, token)}/ingest/falco`,
          ),
      },
      {
        title: 'falcosidekick',
        text: ({ url, token }) =>
          lines(
            `WEBHOOK_ADDRESS=${url}/ingest/falco`,
            token !== '' && `WEBHOOK_CUSTOMHEADERS=Authorization:Bearer ${token}`,
          ),
      },
    ],
    find: 'event_name:falco.alert',
  },
  {
    ...own,
    id: 'tetragon',
    name: 'Tetragon',
    also: 'cilium ebpf process',
    receivers: ['tetragon'],
    configs: [
      { title: 'shell', text: follow('/ingest/tetragon', '/var/run/cilium/tetragon/tetragon.log') },
    ],
  },
  {
    ...own,
    id: 'hubble',
    name: 'Hubble',
    also: 'cilium flows network',
    receivers: ['hubble'],
    configs: [
      { title: 'shell', text: follow('/ingest/hubble', '/var/run/cilium/hubble/events.log') },
    ],
  },
  {
    ...own,
    id: 'calico',
    name: 'Calico',
    also: 'goldmane flows network',
    receivers: ['calico'],
    configs: [{ title: 'shell', text: follow('/ingest/calico', 'flows.json') }],
  },
  {
    ...own,
    id: 'envoy',
    name: 'Istio, Envoy',
    also: 'service mesh access log',
    receivers: ['envoy'],
    configs: [{ title: 'shell', text: follow('/ingest/envoy', 'access.log') }],
  },
]
