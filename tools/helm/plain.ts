/** The chart with its defaults as one YAML text, which `kubectl apply -f` takes. */
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Manifest, renderChart } from './chart.ts'

export const chartDir = join(import.meta.dirname, '..', '..', 'deploy', 'helm', 'crowsnest')
const namespace = 'crowsnest'

export function plainManifests(): Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        // Node agents read /var/log of their node: only this level allows a path of the host.
        labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
      },
    },
    ...renderChart(chartDir, { name: 'crowsnest', namespace }).map(withoutHelm),
  ]
}

export function plainYaml(): string {
  const about =
    '# Generated from deploy/helm/crowsnest by `node tools/run.mjs tools/docs.ts`. Do not edit.\n' +
    '# Server, node agents and cluster agent with their defaults:\n' +
    '#   kubectl apply -f crowsnest.yaml\n'
  const texts = plainManifests().map((manifest) =>
    stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }),
  )
  return `${about}${texts.map((text) => `---\n${text}`).join('')}`
}

/** Nobody but Helm looks at them, and it did not install this. */
function withoutHelm(manifest: Manifest): Manifest {
  return JSON.parse(JSON.stringify(manifest), (key, value) => {
    if (key === 'helm.sh/chart') return undefined
    return key === 'app.kubernetes.io/managed-by' ? 'kubectl' : value
  }) as Manifest
}
