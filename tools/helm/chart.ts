/**
 * Renders the Helm chart without Helm, for tests and for the plain YAML of deploy/kubernetes:
 * values merged as Helm merges them, every template, in Helm's order of installing.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { collectNamed, evaluate } from './evaluate.ts'
import { parseTemplate } from './parse.ts'

export type Manifest = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  [key: string]: unknown
}

export type Release = { name: string; namespace: string }
type Values = Record<string, unknown>

/** The texts of all templates, by file name; empty ones are left out. */
export function renderTexts(dir: string, release: Release, given: Values): Map<string, string> {
  const chart = parse(readFileSync(join(dir, 'Chart.yaml'), 'utf8')) as Record<string, string>
  const defaults = parse(readFileSync(join(dir, 'values.yaml'), 'utf8')) as Values
  const templates = readdirSync(join(dir, 'templates')).sort()
  const trees = templates.map((file) => {
    const text = readFileSync(join(dir, 'templates', file), 'utf8')
    return { file, nodes: parseTemplate(text) }
  })
  const named = new Map()
  for (const { nodes } of trees) collectNamed(nodes, named)
  const data = {
    Values: merged(defaults, given),
    Chart: { Name: chart.name, Version: chart.version, AppVersion: chart.appVersion },
    Release: { Name: release.name, Namespace: release.namespace, Service: 'Helm' },
    Template: { BasePath: `${chart.name}/templates` },
  }
  const texts = new Map<string, string>()
  for (const { file, nodes } of trees) {
    if (file.startsWith('_')) continue
    const text = tell(file, () => evaluate(nodes, data, named))
    if (text.trim() !== '') texts.set(file, text)
  }
  return texts
}

export function renderChart(dir: string, release: Release, given: Values = {}): Manifest[] {
  const texts = [...renderTexts(dir, release, given)].filter(([file]) => file.endsWith('.yaml'))
  const manifests = texts.flatMap(([file, text]) =>
    tell(file, () =>
      parseAllDocuments(text).flatMap((document) => {
        if (document.errors[0] !== undefined) throw document.errors[0]
        const manifest = document.toJS() as Manifest | null
        return manifest === null ? [] : [manifest]
      }),
    ),
  )
  return manifests.toSorted((a, b) => rankOf(a) - rankOf(b))
}

const order = ['Namespace', 'NetworkPolicy', 'ServiceAccount', 'Secret', 'ConfigMap']
  .concat(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'Service', 'DaemonSet'])
  .concat(['Deployment', 'StatefulSet', 'Ingress'])

function rankOf({ kind }: Manifest): number {
  const rank = order.indexOf(kind)
  return rank === -1 ? order.length : rank
}

/** Maps merge key by key, anything else is replaced, null removes. */
function merged(defaults: Values, given: Values): Values {
  const result: Values = { ...defaults }
  for (const [key, value] of Object.entries(given)) {
    const before = result[key]
    if (value === null) delete result[key]
    else result[key] = isMap(before) && isMap(value) ? merged(before, value) : value
  }
  return result
}

function isMap(value: unknown): value is Values {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function tell<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error })
  }
}
