/**
 * Log lines that are events of other kinds, and land in their own tables: by the data set that a
 * shipper names on the resource, or by the container that everybody gives its sensor.
 */

export const eventLineKinds = ['audit', 'falco', 'tetragon', 'hubble', 'calico', 'envoy'] as const
export type EventLineKind = (typeof eventLineKinds)[number]

const byDataset: Readonly<Record<string, EventLineKind>> = {
  'kubernetes.audit_logs': 'audit',
  'falco.alerts': 'falco',
  'tetragon.events': 'tetragon',
  'hubble.flows': 'hubble',
  'calico.flows': 'calico',
  'istio.access_logs': 'envoy',
}

/** Their other lines stay log lines: each is looked at before it is taken. */
const byContainer: Readonly<Record<string, EventLineKind>> = {
  'kube-apiserver': 'audit',
  falco: 'falco',
  'export-stdout': 'tetragon',
  'istio-proxy': 'envoy',
}

/** '' for all that are plain lines. `attribute` answers '' for what a resource has not. */
export function eventLinesOf(attribute: (name: string) => string): EventLineKind | '' {
  const dataset = attribute('data_stream.dataset')
  if (Object.hasOwn(byDataset, dataset)) return byDataset[dataset]!
  const container = attribute('k8s.container.name')
  return Object.hasOwn(byContainer, container) ? byContainer[container]! : ''
}
