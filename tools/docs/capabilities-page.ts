/**
 * docs/capabilities.md: what each part of Crowsnest may see of a cluster, in the words of
 * capability-table.ts, with the verbs that the rendered chart grants.
 */
import { type Manifest, renderChart } from '../helm/chart.ts'
import { chartDir } from '../helm/plain.ts'
import { type Capability, mountTable, privilegeTable, rightTable } from './capability-table.ts'
import { code, generated, page, table } from './markdown.ts'

const release = 'crowsnest'
type Rule = {
  apiGroups?: string[]
  resources?: string[]
  nonResourceURLs?: string[]
  verbs: string[]
}

const manifests = (): Manifest[] => renderChart(chartDir, { name: release, namespace: release })

/** `pods` or `jobs.batch` or `/metrics` to the verbs granted, by account. */
export function grantedRights(account: string): Map<string, string[]> {
  const role = manifests().find(
    ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === `${release}-${account}`,
  )
  const rights = new Map<string, string[]>()
  for (const { apiGroups = [], resources = [], nonResourceURLs = [], verbs } of (role?.rules ??
    []) as Rule[]) {
    for (const url of nonResourceURLs) rights.set(url, verbs)
    for (const group of apiGroups)
      for (const one of resources) rights.set(group === '' ? one : `${one}.${group}`, verbs)
  }
  return rights
}

/** Paths of the node that any pod of the chart mounts. */
export function mountedPaths(): string[] {
  const text = JSON.stringify(manifests())
  return [...text.matchAll(/"hostPath":\{"path":"([^"]+)"/g)].map(([, path]) => path!)
}

export function capabilitiesPage(): string {
  return page([
    generated('tools/docs/capability-table.ts and the chart'),
    '# What each part may see',
    about,
    ...parts.flatMap(({ account, title, says }) => [
      `## ${title}`,
      `${says} Runs as: ${privilegeTable[account]}.`,
      ...(account === 'agent' ? [mounts()] : []),
      rights(account),
    ]),
    '## The host',
    host,
    '## On no account',
    never,
  ])
}

const about = `Each part has an account of its own and can be left out. The rights below are
those of the chart and of [crowsnest.yaml](../deploy/kubernetes/crowsnest.yaml); tests prove
that each is used and that none is missing. What a part is refused it tells as coverage, with
the missing right in words, and goes on with the rest.`

const parts = [
  {
    account: 'agent',
    title: 'Node agent (DaemonSet)',
    says: 'Logs and metrics of its node, and OTLP from its pods on 4317 and 4318.',
  },
  {
    account: 'cluster-agent',
    title: 'Cluster agent (Deployment, one replica)',
    says: 'Objects with their history, events, state metrics, the control plane. Left out: those.',
  },
  {
    account: 'server',
    title: 'Server (StatefulSet)',
    says: 'Stores and shows. It asks the cluster one question.',
  },
]

const host = `An agent of kind \`host\` reads, as the user that it runs as, what its policy
names: \`/proc\` and \`/sys/fs/cgroup\` (metrics and processes; words of command lines that look
like secrets are blacked out), the log files and the journal (through \`journalctl\`). As
another user than root it does not see other users' open files and disk figures, nor log files
that belong to root; it says which. In a pod these paths are not mounted: see "More of the node"
in [install-kubernetes.md](install-kubernetes.md).`

const never = `No Secret is read: no account may. Values of config maps, and of variables whose
names sound secret, are replaced by marks by the cluster agent before an object leaves it. No
right to run commands in containers (\`pods/exec\`, \`nodes/proxy\`) exists, and nothing in the
cluster is written. Agents keep no password of the cluster: they show the short-lived token that
the kubelet projects for them, which is of no use at the API server.`

function mounts(): string {
  const rows = mountTable.map((one) => [code(one.what), one.why, one.without])
  return table(['Path of the node', 'For', 'Lost without it'], rows)
}

function rights(account: string): string {
  const granted = grantedRights(account)
  const rows = (rightTable[account] ?? []).map((one: Capability) => [
    code(one.what),
    granted.get(one.what)?.join(', ') ?? '',
    one.why,
    one.without,
  ])
  return table(['May read', 'How', 'For', 'Lost without it'], rows)
}
