/** The commands of the screens install what the Helm chart installs, object by object. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { type Manifest, renderChart } from '../../tools/helm/chart.ts'
import { chartDir } from '../../tools/helm/plain.ts'
import { agentCommands } from './commands.ts'
import { agentManifest } from './manifest.ts'

const read = (text: string) => parseAllDocuments(text).map((one) => one.toJS() as Manifest)
const { appVersion: version } = parse(readFileSync(join(chartDir, 'Chart.yaml'), 'utf8'))
const options = {
  address: 'https://crow.example.com:4300',
  ingest: 'https://crow.example.com:4318',
  token: 'cn_enrol_x',
  cluster: 'eu-1',
  version: String(version),
}

/** Helm's own marks are not on what kubectl applies. */
function plain(all: Manifest[]): Map<string, unknown> {
  const keyed = all.map((one): [string, unknown] => {
    const text = JSON.stringify(one, (key, value) => {
      if (key === 'helm.sh/chart') return undefined
      return key === 'app.kubernetes.io/managed-by' ? 'kubectl' : value
    })
    return [`${one.kind} ${one.metadata.name}`, JSON.parse(text)]
  })
  return new Map(keyed)
}

/** As Helm reads its own command: every --set a path into the values. */
function valuesOf(helm: string): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [, key = '', text = ''] of helm.matchAll(/--set ([\w.]+)=(\S+)/g)) {
    const path = key.split('.')
    const last = path.pop() ?? ''
    const at = path.reduce((inner, part) => {
      inner[part] ??= {}
      return inner[part] as Record<string, unknown>
    }, values)
    at[last] = text === 'false' ? false : text
  }
  return values
}

test.each(['cn_enrol_x', ''])('with the token "%s" the YAML is what Helm renders', (token) => {
  const asked = { ...options, token }
  const release = { name: 'crowsnest', namespace: 'crowsnest' }
  const chart = plain(renderChart(chartDir, release, valuesOf(agentCommands(asked).helm)))
  const ours = plain(read(agentManifest(asked)))
  // The namespace and the secret are made by kubectl beside Helm.
  ours.delete('Namespace crowsnest')
  expect(ours.delete('Secret crowsnest-enrolment')).toBe(token !== '')
  expect([...ours.keys()].sort()).toEqual([...chart.keys()].sort())
  expect(chart.size).toBe(10)
  for (const [key, object] of chart) expect([key, ours.get(key)]).toEqual([key, object])
})

test('every value of the Helm command is one of the chart', () => {
  const values = parse(readFileSync(join(chartDir, 'values.yaml'), 'utf8'))
  const { helm } = agentCommands(options)
  const paths = [...helm.matchAll(/--set ([\w.]+)=/g)].map(([, path = '']) => path)
  expect(paths.length).toBeGreaterThan(4)
  for (const path of paths) {
    const found = path.split('.').reduce((at, part) => at?.[part], values)
    expect([path, found]).toEqual([path, expect.anything()])
  }
})

test('the secret of the Helm command is the one the chart is told of, and holds the token', () => {
  const { helm } = agentCommands(options)
  const [, name = ''] = /create secret generic (\S+) --from-literal=token=cn_enrol_x/.exec(helm)!
  expect(helm).toContain(`--set agent.existingSecret=${name}`)
  // The token is in the secret alone: values of a release are read by more people.
  expect(helm.match(/cn_enrol_x/g)).toHaveLength(1)
})

test('a token is in a secret alone, and texts cannot leave their places', () => {
  const cluster = "x'\n---\nkind: Evil"
  const all = read(agentManifest({ ...options, cluster }))
  expect(all.map(({ kind }) => kind)).not.toContain('Evil')
  const withToken = all.filter((one) => JSON.stringify(one).includes(options.token))
  expect(withToken.map(({ kind }) => kind)).toEqual(['Secret'])
  const { helm, host } = agentCommands({ ...options, cluster: "it's; rm -rf /" })
  expect(helm).toContain(`--set cluster='it'\\''s; rm -rf /'`)
  expect(host).toContain(`CROWSNEST_AGENT_CLUSTER='it'\\''s; rm -rf /'`)
})
