/** Label and field selectors as Kubernetes writes them, read into a test of an object. */
import type { KubeObject, Words } from './objects.ts'

type Test = (object: KubeObject) => boolean
type LabelTest = (labels: Words) => boolean

export class BadSelector extends Error {}

/** `app=cart,tier in (a,b),!canary,env!=dev`. */
export function labelSelector(text: string): Test {
  const tests = parts(text).map(labelTest)
  return ({ metadata: { labels = {} } }) => tests.every((test) => test(labels))
}

/** Commas inside parentheses do not part. */
function parts(text: string): string[] {
  const found = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? []
  return found.map((part) => part.trim()).filter((part) => part !== '')
}

const key = '[A-Za-z0-9][A-Za-z0-9._/-]*'
const forms: [RegExp, (name: string, value: string) => LabelTest][] = [
  [new RegExp(`^(${key})\\s+in\\s+\\(([^)]*)\\)$`), (name, value) => isIn(name, value)],
  [
    new RegExp(`^(${key})\\s+notin\\s+\\(([^)]*)\\)$`),
    (name, value) => {
      const test = isIn(name, value)
      return (labels) => !test(labels)
    },
  ],
  [new RegExp(`^(${key})\\s*!=\\s*(\\S*)$`), (name, value) => (labels) => labels[name] !== value],
  [new RegExp(`^(${key})\\s*==?\\s*(\\S*)$`), (name, value) => (labels) => labels[name] === value],
  [new RegExp(`^!\\s*(${key})$`), (name) => (labels) => labels[name] === undefined],
  [new RegExp(`^(${key})$`), (name) => (labels) => labels[name] !== undefined],
]

function isIn(name: string, values: string): LabelTest {
  const set = new Set(values.split(',').map((value) => value.trim()))
  return (labels) => labels[name] !== undefined && set.has(labels[name])
}

function labelTest(part: string): LabelTest {
  for (const [form, make] of forms) {
    const found = form.exec(part)
    if (found !== null) return make(found[1]!, found[2] ?? '')
  }
  throw new BadSelector(`unable to parse requirement: ${part}`)
}

/** The fields that each kind can be selected by, beside its name and namespace. */
const fields: Record<string, readonly string[]> = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
}

/** `spec.nodeName=worker-a,status.phase!=Succeeded`. */
export function fieldSelector(text: string, kind: string): Test {
  const tests = parts(text).map((part): Test => {
    const found = /^([\w.]+)\s*(!=|==?)\s*(.*)$/.exec(part)
    if (found === null) throw new BadSelector(`invalid selector: '${part}'; can't understand it`)
    const [, path = '', operator, value] = found
    const known = ['metadata.name', 'metadata.namespace', ...(fields[kind] ?? [])]
    if (!known.includes(path)) throw new BadSelector(`field label not supported: ${path}`)
    return (object) => (valueAt(object, path) === value) === (operator !== '!=')
  })
  return (object) => tests.every((test) => test(object))
}

function valueAt(object: KubeObject, path: string): string {
  if (path === 'source') return String((object.source as Words | undefined)?.component ?? '')
  let value: unknown = object
  for (const part of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[part]
  return value === undefined ? '' : String(value)
}

export function hasLabels(object: { metadata: { labels?: Words } }, wanted: Words): boolean {
  const { labels = {} } = object.metadata
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
