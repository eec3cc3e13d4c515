/**
 * The demo as it starts for a person: what two of its services send through their node's agent is
 * given the names that the API has for their pods; what they said themselves stays.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectList } from '../../src/pages/kubernetes/contract.ts'
import { logRecords } from '../../src/pages/logs/contract.ts'
import { spanById, traceById, traceList } from '../../src/pages/traces/contract.ts'
import { type ServerProcess, startServer } from '../e2e/server-process.ts'
import { Asker } from './asker.ts'
import { untilNothing } from './demo-rig.ts'

let server: ServerProcess
let asker: Asker
let began_ms = 0

beforeAll(async () => {
  began_ms = Date.now()
  server = await startServer({ demo: true })
  asker = await Asker.signIn(server)
}, 150_000)
afterAll(() => server?.stop(), 20_000)

test('objects and figures of the cluster are there soon', async () => {
  await untilNothing(async () => {
    const { name, numbers } = await asker.ask(objectList, { list: 'pods', search: '' })
    const used = numbers.filter((figures) => (figures.cpu_usage_cores ?? 0) > 0).length
    return used > 30 ? [] : [`${name.length} pods, of ${used} of them it is known what they use`]
  })
  console.log(`pods with their use ${Date.now() - began_ms} ms after the start`)
}, 150_000)

test('lines of pods with either style of labels are stored and found by them', async () => {
  const styles = ['kubernetes.labels.app', 'kubernetes.labels.app.kubernetes.io/name']
  await untilNothing(async () => {
    const missing: string[] = []
    const found = new Set<string>()
    for (const label of styles) {
      const { service } = await asker.ask(logRecords, { search: `${label}:*`, rows_max: 500 })
      if (service.length === 0) missing.push(`no line with ${label}`)
      for (const one of new Set(service)) {
        if (found.has(one)) missing.push(`${one} has lines with both`)
        found.add(one)
      }
      const [name = ''] = service.filter((one) => one !== '')
      const same = await asker.ask(logRecords, { search: `${label}:${name}`, rows_max: 500 })
      const others = same.service.filter((one) => one !== name)
      if (same.service.length === 0 || others.length > 0)
        missing.push(`${label}:${name} finds other`)
    }
    return missing
  })
}, 150_000)

/** Only what came through a node's agent has labels of the pod. */
async function throughNode(service: string): Promise<Record<string, unknown>> {
  let found: Record<string, unknown> | undefined
  await untilNothing(async () => {
    const recent = { from_ms: Date.now() - 30_000, search: `service:${service}`, rows_max: 20 }
    const { trace_id } = await asker.ask(traceList, recent)
    for (const one of trace_id.slice(0, 3)) {
      const trace = await asker.askOne(traceById, { trace_id: one })
      const at = trace?.service.indexOf(service) ?? -1
      if (trace === null || at < 0) continue
      const span_id = trace.span_id[at]
      const span = await asker.askOne(spanById, { trace_id: one, span_id })
      const resource = span?.resource as Record<string, unknown> | undefined
      const keys = Object.keys(resource ?? {})
      if (keys.some((key) => key.startsWith('k8s.pod.label.'))) found = resource
    }
    return found === undefined ? [`no span of ${service} came through its node`] : []
  })
  return found!
}

for (const service of ['shipping', 'inventory']) {
  test(`${service}: its node's agent knows who sends`, async () => {
    const resource = await throughNode(service)
    expect(resource).toMatchObject({
      'service.name': service,
      'service.namespace': 'shop',
      'deployment.environment.name': 'production',
      'telemetry.sdk.language': 'nodejs',
      'k8s.cluster.name': 'demo',
      'k8s.namespace.name': 'shop',
      'k8s.deployment.name': service,
      'k8s.container.name': service,
      'k8s.container.restart_count': '0',
      'container.image.name': `registry.example/shop/${service}`,
    })
    const pods = await asker.ask(objectList, { list: 'pods', search: `workload:${service}` })
    const at = pods.uid.indexOf(String(resource['k8s.pod.uid']))
    expect(pods.name[at]).toBe(resource['k8s.pod.name'])
    expect(pods.node[at]).toBe(resource['k8s.node.name'])
    expect(resource['container.id']).toMatch(/^[0-9a-f]{64}$/)
  }, 150_000)
}
