/** docs/metrics.md: what the agent measures, with units and the other names of the same figures. */
import { processMetrics, systemMetrics } from '../../src/agent/collectors/host/metrics.ts'
import { shapes } from '../../src/agent/collectors/kubernetes-metrics/summary-shapes.ts'
import { modules } from '../../src/agent/modules/modules.ts'
import { knownMetrics, relatedMetrics } from '../../src/model/metric-names.ts'
import { code, generated, page, table } from './markdown.ts'

type Definition = { kind: string; unit: string; description: string }
type Named = Definition & { name: string }

const kinds: Readonly<Record<string, string>> = { updown: 'sum' }

export function metricsPage(): string {
  const known: [string, object][] = [
    ['A machine', systemMetrics],
    ['Its processes', processMetrics],
    ...modules.map(({ name, metrics }): [string, object] => [`Module ${code(name)}`, metrics]),
  ]
  const named = known.map(([title, metrics]): [string, Named[]] => {
    const all = Object.entries(metrics as Record<string, Definition>)
    return [title, all.map(([name, one]) => ({ name, ...one }))]
  })
  const kubelet = Object.values(shapes).flatMap((group) => Object.values(group) as Named[])
  const sections: [string, Named[]][] = [['Kubernetes, from the kubelet', kubelet], ...named]
  const told = new Set(sections.flatMap(([, all]) => all.map(({ name }) => name)))
  return page([
    generated('the tables of src/agent and src/model/metric-names.ts'),
    '# Metrics',
    about,
    ...sections.flatMap(([title, all]) => [`## ${title}`, metricTable(all)]),
    '## Other names that mean the same',
    'Sent by other agents, scraped from their exporters, or told by the cluster agent in the\n' +
      'place of kube-state-metrics: a search or chart for one finds the others.',
    table(['Metric', 'Also known as'], othersOf(told)),
  ])
}

const about = `Names and units are OpenTelemetry's. A metric can be asked for by any of its
names: a chart of \`kubernetes.pod.cpu.usage.nanocores\` is drawn from \`k8s.pod.cpu.usage\`, in
its own unit.

Scraped pages (cAdvisor, kube-state-metrics, the control plane, annotated pods, monitors) keep
the names of their exporter. Where kube-state-metrics does not run, the cluster agent tells the
same series under the same names from the API.`

function metricTable(all: readonly Named[]): string {
  const rows = all.map(({ name, kind, unit, description }) => [
    code(name),
    unit,
    kinds[kind] ?? kind,
    description,
    relatedMetrics(name).map(code).join(', '),
  ])
  return table(['Metric', 'Unit', 'Kind', 'What it is', 'Also known as'], rows)
}

/** Each group once: under its first name. */
function othersOf(told: Set<string>): string[][] {
  const rows: string[][] = []
  const seen = new Set(told)
  for (const name of knownMetrics) {
    const others = relatedMetrics(name)
    if (seen.has(name) || others.some((other) => told.has(other))) continue
    for (const one of [name, ...others]) seen.add(one)
    rows.push([code(name), others.map(code).join(', ')])
  }
  return rows
}
