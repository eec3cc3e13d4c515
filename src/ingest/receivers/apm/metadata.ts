/**
 * The first line of a stream: what all its events have in common. Its names become those of
 * OpenTelemetry's resources, so that a service is the same thing whichever agent tells of it.
 */
import { encodeResource, encodeScope } from '../../../wire/otlp/encode-logs.ts'
import type { Resource } from '../../../wire/otlp/encode-metrics.ts'
import { labelName } from './attribute-bag.ts'
import {
  hasField,
  hasPart,
  Invalid,
  isObject,
  type JsonObject,
  jsonText,
  listAt,
  looseText,
  objectAt,
  required,
  text,
} from './fields.ts'

/** A resource in the forms that spans, metrics and logs need. */
export type EventResource = {
  attributes: Resource
  bytes: Uint8Array
  scope: Uint8Array
  service: string
}

export type StreamMetadata = {
  agent_name: string
  resource: EventResource
  /** Facts about the user and the network, which are each event's own attributes. */
  user: JsonObject
  connection: string | undefined
  /** The resources of events that name another service. */
  others: Map<string, EventResource>
}

const others_max = 64
const arguments_length_max = 4096
const serviceName = /^[a-zA-Z0-9 _-]+$/

/** Throws Invalid. */
export function readMetadata(metadata: JsonObject): StreamMetadata {
  if (!hasField(metadata, 'service'))
    throw new Invalid("validation error: 'metadata.service' required")
  const service = objectAt(metadata, 'service', 'metadata.service')
  const agent = objectAt(service, 'agent', 'metadata.service.agent')
  const agent_name = required(
    text(agent, 'name', 'metadata.service.agent.name'),
    'metadata.service.agent.name',
  )
  required(
    text(agent, 'version', 'metadata.service.agent.version'),
    'metadata.service.agent.version',
  )
  const named = required(text(service, 'name', 'metadata.service.name'), 'metadata.service.name')
  checkServiceName(named, 'metadata.service.name')
  const attributes = new Map<string, string>()
  describeService(attributes, service)
  describeProcess(attributes, metadata)
  describeSystem(attributes, metadata)
  describeCloud(attributes, metadata)
  for (const [name, value] of Object.entries(objectAt(metadata, 'labels', 'metadata.labels'))) {
    if (typeof value === 'object') continue
    attributes.set(`labels.${labelName(name)}`, String(value))
  }
  const network = objectAt(metadata, 'network', 'metadata.network')
  const connection = objectAt(network, 'connection', 'metadata.network.connection')
  return {
    agent_name,
    resource: resourceOf(attributes, service),
    user: objectAt(metadata, 'user', 'metadata.user'),
    connection: text(connection, 'type', 'metadata.network.connection.type'),
    others: new Map(),
  }
}

function checkServiceName(name: string, path: string): void {
  if (serviceName.test(name)) return
  const got = JSON.stringify(name.slice(0, 64))
  throw new Invalid(
    `validation error: '${path}' expected letters, digits, spaces, _ and - only, got ${got}`,
  )
}

/** The resource of an event, whose context may name another service. */
export function resourceFor(metadata: StreamMetadata, context: JsonObject): EventResource {
  const service = context.service
  if (!isObject(service)) return metadata.resource
  const overrides = new Map<string, string>()
  describeService(overrides, service)
  if (overrides.size === 0 && !isObject(service.framework)) return metadata.resource
  const name = overrides.get('service.name')
  if (name !== undefined) checkServiceName(name, 'context.service.name')
  const key = JSON.stringify([...overrides, scopeOf(service)])
  const known = metadata.others.get(key)
  if (known !== undefined) return known
  const attributes = new Map(Object.entries(metadata.resource.attributes))
  // Another service has a version of its own.
  if (name !== undefined && name !== metadata.resource.service) attributes.delete('service.version')
  for (const [attribute, value] of overrides) attributes.set(attribute, value)
  const made = resourceOf(attributes, service, metadata.resource.scope)
  if (metadata.others.size < others_max) metadata.others.set(key, made)
  return made
}

function resourceOf(
  attributes: ReadonlyMap<string, string>,
  service: JsonObject,
  scope?: Uint8Array,
): EventResource {
  const entries: Resource = Object.fromEntries(attributes)
  const [name, version] = scopeOf(service)
  return {
    attributes: entries,
    bytes: encodeResource(entries),
    scope: scope !== undefined && name === '' ? scope : encodeScope(name, version),
    service: attributes.get('service.name') ?? '',
  }
}

function scopeOf(service: JsonObject): [name: string, version: string] {
  const framework = isObject(service.framework) ? service.framework : {}
  return [looseText(framework, 'name') ?? '', looseText(framework, 'version') ?? '']
}

function put(attributes: Map<string, string>, name: string, value: string | undefined): void {
  if (value !== undefined && value !== '') attributes.set(name, value)
}

/** What OpenTelemetry calls the languages of these agents. */
const languages = new Map([
  ['nodejs', 'nodejs'],
  ['rum-js', 'webjs'],
  ['js-base', 'webjs'],
  ['iOS/swift', 'swift'],
  ['dotnet', 'dotnet'],
])

function describeService(attributes: Map<string, string>, service: JsonObject): void {
  const agent = isObject(service.agent) ? service.agent : {}
  const language = isObject(service.language) ? service.language : {}
  const runtime = isObject(service.runtime) ? service.runtime : {}
  const node = isObject(service.node) ? service.node : {}
  const agent_name = looseText(agent, 'name')
  const spoken = looseText(language, 'name')?.toLowerCase()
  put(attributes, 'service.name', looseText(service, 'name'))
  put(attributes, 'service.version', looseText(service, 'version'))
  put(attributes, 'deployment.environment.name', looseText(service, 'environment'))
  put(attributes, 'service.instance.id', looseText(node, 'configured_name'))
  put(attributes, 'telemetry.sdk.name', agent_name)
  put(attributes, 'telemetry.sdk.version', looseText(agent, 'version'))
  put(attributes, 'telemetry.sdk.language', languages.get(agent_name ?? '') ?? spoken)
  put(attributes, 'service.language.version', looseText(language, 'version'))
  put(attributes, 'process.runtime.name', looseText(runtime, 'name'))
  put(attributes, 'process.runtime.version', looseText(runtime, 'version'))
}

function describeProcess(attributes: Map<string, string>, metadata: JsonObject): void {
  if (!hasPart(metadata, 'process')) return
  const path = 'metadata.process'
  const process = objectAt(metadata, 'process', path)
  put(attributes, 'process.pid', required(looseText(process, 'pid'), `${path}.pid`))
  put(attributes, 'process.parent_pid', looseText(process, 'ppid'))
  put(attributes, 'process.title', looseText(process, 'title'))
  const argv = listAt(process, 'argv', `${path}.argv`)
  if (argv.length > 0) attributes.set('process.command_args', jsonText(argv, arguments_length_max))
}

function describeSystem(attributes: Map<string, string>, metadata: JsonObject): void {
  const path = 'metadata.system'
  const system = objectAt(metadata, 'system', path)
  const container = objectAt(system, 'container', `${path}.container`)
  const kubernetes = objectAt(system, 'kubernetes', `${path}.kubernetes`)
  const pod = objectAt(kubernetes, 'pod', `${path}.kubernetes.pod`)
  const node = objectAt(kubernetes, 'node', `${path}.kubernetes.node`)
  const host = ['configured_hostname', 'detected_hostname', 'hostname']
    .map((key) => text(system, key, `${path}.${key}`))
    .find((name) => name !== undefined && name !== '')
  put(attributes, 'host.name', host)
  put(attributes, 'host.id', text(system, 'host_id', `${path}.host_id`))
  put(attributes, 'host.arch', text(system, 'architecture', `${path}.architecture`))
  put(attributes, 'os.type', text(system, 'platform', `${path}.platform`))
  put(attributes, 'container.id', text(container, 'id', `${path}.container.id`))
  put(attributes, 'k8s.namespace.name', looseText(kubernetes, 'namespace'))
  put(attributes, 'k8s.node.name', looseText(node, 'name'))
  put(attributes, 'k8s.pod.name', looseText(pod, 'name'))
  put(attributes, 'k8s.pod.uid', looseText(pod, 'uid'))
  const instance = attributes.get('container.id') ?? host
  if (!attributes.has('service.instance.id')) put(attributes, 'service.instance.id', instance)
}

function describeCloud(attributes: Map<string, string>, metadata: JsonObject): void {
  if (!hasPart(metadata, 'cloud')) return
  const path = 'metadata.cloud'
  const cloud = objectAt(metadata, 'cloud', path)
  const part = (key: string) => objectAt(cloud, key, `${path}.${key}`)
  put(attributes, 'cloud.provider', required(looseText(cloud, 'provider'), `${path}.provider`))
  put(attributes, 'cloud.region', looseText(cloud, 'region'))
  put(attributes, 'cloud.availability_zone', looseText(cloud, 'availability_zone'))
  put(attributes, 'cloud.account.id', looseText(part('account'), 'id'))
  put(attributes, 'cloud.account.name', looseText(part('account'), 'name'))
  put(attributes, 'cloud.project.id', looseText(part('project'), 'id'))
  put(attributes, 'cloud.project.name', looseText(part('project'), 'name'))
  put(attributes, 'cloud.instance.name', looseText(part('instance'), 'name'))
  put(attributes, 'cloud.platform', looseText(part('service'), 'name'))
  put(attributes, 'host.type', looseText(part('machine'), 'type'))
  if (!attributes.has('host.id')) put(attributes, 'host.id', looseText(part('instance'), 'id'))
}
