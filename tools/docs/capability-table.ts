/**
 * Data table: what each right and each mount of the chart is for, and what is lost without it. A
 * test proves that the chart has these and no others.
 */

export type Capability = { what: string; why: string; without: string }

/** Resources of the Kubernetes API, or paths of its server, by the account that may read them. */
export const rightTable: Readonly<Record<string, readonly Capability[]>> = {
  agent: [
    {
      what: 'pods',
      why: 'names, labels, owners and addresses of pods; it asks for those of its node alone',
      without: 'logs and traces of the node have no pod; no pod is scraped',
    },
    {
      what: 'namespaces',
      why: 'annotations that are defaults of pods; the cluster’s uid',
      without: 'those defaults and `k8s.cluster.uid`',
    },
    {
      what: 'services',
      why: '`prometheus.io/*` annotations of services, ServiceMonitors',
      without: 'pods that only their service asks to scrape',
    },
    {
      what: 'nodes',
      why: 'the address of the kubelet of its own node',
      without: 'metrics of the kubelet',
    },
    {
      what: 'nodes/metrics',
      why: 'cAdvisor, resource and probe pages of the kubelet',
      without: 'metrics of containers in detail, results of probes',
    },
    { what: 'nodes/stats', why: 'the kubelet’s summary', without: '`k8s.pod.*`, `k8s.node.*`' },
    {
      what: 'servicemonitors.monitoring.coreos.com',
      why: 'what to scrape, as the Prometheus operator is told',
      without: 'targets that only they name',
    },
    {
      what: 'podmonitors.monitoring.coreos.com',
      why: 'what to scrape, as the Prometheus operator is told',
      without: 'targets that only they name',
    },
  ],
  'cluster-agent': [
    ...inventory('configmaps', 'values are replaced by marks that show only whether they changed'),
    ...inventory('limitranges'),
    ...inventory('namespaces'),
    ...inventory('nodes', 'capacity, conditions, taints'),
    ...inventory('persistentvolumeclaims'),
    ...inventory('persistentvolumes'),
    ...inventory('pods', 'values of variables that sound secret are replaced by such marks'),
    ...inventory('resourcequotas'),
    ...inventory('serviceaccounts'),
    ...inventory('services'),
    ...inventory('daemonsets.apps'),
    ...inventory('deployments.apps'),
    ...inventory('replicasets.apps', 'owners of pods'),
    ...inventory('statefulsets.apps'),
    ...inventory('cronjobs.batch'),
    ...inventory('jobs.batch', 'owners of pods'),
    ...inventory('horizontalpodautoscalers.autoscaling'),
    ...inventory('endpointslices.discovery.k8s.io'),
    ...inventory('ingresses.networking.k8s.io'),
    ...inventory('networkpolicies.networking.k8s.io'),
    ...inventory('poddisruptionbudgets.policy'),
    ...inventory('clusterrolebindings.rbac.authorization.k8s.io'),
    ...inventory('clusterroles.rbac.authorization.k8s.io'),
    ...inventory('rolebindings.rbac.authorization.k8s.io'),
    ...inventory('roles.rbac.authorization.k8s.io'),
    ...inventory('storageclasses.storage.k8s.io'),
    { what: 'events', why: 'events, where the newer API is not served', without: 'them' },
    { what: 'events.events.k8s.io', why: 'what the cluster says of itself', without: 'events' },
    {
      what: '/metrics',
      why: 'the API server’s own figures, and those of the control plane',
      without: 'metrics of the control plane',
    },
  ],
  server: [
    {
      what: 'tokenreviews.authentication.k8s.io',
      why: 'asks whose ServiceAccount token an agent shows',
      without: 'agents need an enrolment token',
    },
  ],
}

/** Paths of the node in the agent’s pod; the others mount nothing of it. */
export const mountTable: readonly Capability[] = [
  {
    what: '/var/log',
    why: 'container logs in `/var/log/pods`, links in `/var/log/containers`; read-only',
    without: 'logs',
  },
  {
    what: '/var/lib/docker/containers',
    why: 'where Docker keeps what those links lead to; read-only',
    without: 'logs on nodes with Docker',
  },
  {
    what: '/var/lib/crowsnest-agent',
    why: 'its own state: key, policy, positions, spool; the one place it writes',
    without: 'after a restart it enrols anew and reads logs again from where they begin',
  },
]

/** Linux capabilities and users by account. */
export const privilegeTable: Readonly<Record<string, string>> = {
  agent:
    'root without any capability but `DAC_READ_SEARCH` (log files belong to root), read-only ' +
    'root file system, no privilege escalation, seccomp `RuntimeDefault`',
  'cluster-agent': 'the restricted level of pod security: no root, no capability',
  server: 'the restricted level of pod security: no root, no capability',
}

function inventory(what: string, note = ''): Capability[] {
  const why = ['inventory and history', note].filter((word) => word !== '').join('; ')
  return [{ what, why, without: 'these objects, their changes and what is derived from them' }]
}
