/** docs/hints.md: the annotations by which pods steer how they are read and asked. */

import { modules } from '../../src/agent/modules/modules.ts'
import { parserModules } from '../../src/agent/modules/parsers.ts'
import {
  type Hint,
  logHintTable,
  metricHintTable,
  resourceHintTable,
  scrapeHintTable,
} from './hint-table.ts'
import { code, fenced, generated, page, table } from './markdown.ts'

export function hintsPage(): string {
  return page([
    generated('tools/docs/hint-table.ts'),
    '# Hints',
    about,
    fenced('yaml', example),
    '## Logs',
    logRules,
    hintTable(logHintTable),
    '## Metrics',
    metricRules,
    hintTable(metricHintTable),
    hintTable(scrapeHintTable),
    '## Names',
    'A pod’s service is named by the first of: the annotation, the labels\n' +
      '`app.kubernetes.io/instance` and `app.kubernetes.io/name`, the workload, the pod. Labels\n' +
      'are kept as `k8s.pod.label.*`: so `app` and `app.kubernetes.io/name` stand side by side.',
    hintTable(resourceHintTable),
    '## Variables',
    variables,
  ])
}

const about = `Annotations of a pod say how its logs are read and where its metrics are. They
are those of Beats, Elastic Agent, Fluent Bit and Prometheus, so that what is written today goes
on working. An annotation of a namespace is the default of its pods, but for
\`prometheus.io/*\`. They take effect within seconds, without a restart. A hint that cannot be
obeyed is told in the coverage of its pod. The policy can switch them off: \`hints\` of
\`container_logs\`, \`annotations\` of \`prometheus\`.`

const example = `
metadata:
  annotations:
    co.elastic.logs/module: redis
    co.elastic.metrics/module: redis
    co.elastic.metrics/hosts: "$\{data.host}:6379"
    co.elastic.logs.sidecar/enabled: "false"
`

const parsers = parserModules.join(', ')
const asked = modules.map(({ name }) => name).join(', ')
const logRules = `\`co.elastic.logs/x\` is of all containers, \`co.elastic.logs.<container>/x\`
of one, which wins. \`co.elastic.logs/1.x\`, \`2.x\` … are several readings of the same lines:
the first whose \`include_lines\` takes a line has it. \`co.elastic.hints/x\` is read where
there is no \`co.elastic.logs/x\`. Fluent Bit's take \`-<container>\` at their end. Log parsers:
${parsers}. Not taken: \`raw\` (whole configurations) and \`pipeline\` (there is no
Elasticsearch).`

const metricRules = `The same grammar. A pod can send the agent to its own addresses only.
Modules: prometheus, ${asked}. \`co.elastic.hints/package\`, \`host\` and
\`data_streams\` are Elastic Agent's words for \`module\`, \`hosts\` and \`metricsets\`. Not
taken: \`raw\` and \`namespace\`.`

const variables = `In values of \`co.elastic.*\`: \`$\{data.host}\` the pod's address,
\`$\{data.port}\` each declared port, \`$\{data.ports.<name>}\` one by name,
\`$\{data.container.id}\`, \`$\{NODE_NAME}\`, and \`$\{data.kubernetes.<word>}\` with namespace,
pod.name, pod.uid, pod.ip, node.name, container.id, container.name, container.image,
labels.<name>, annotations.<name>, and the name of an owner such as deployment.name. Nothing
else of the agent's environment can be read.`

function hintTable(hints: readonly Hint[]): string {
  const rows = hints.map(({ hint, example: one, says }) => [code(hint), code(one), says])
  return table(['Annotation', 'Example', 'What it does'], rows)
}
