/**
 * Attributes that changed their name between generations of semantic conventions, or that ECS calls
 * otherwise. A search for one name finds what is stored under the others; fields.ts has columns.
 */
import { securityFamilies, securityNames } from './security-names.ts'

/** The current OpenTelemetry name, then older names and ECS names of the same thing. */
const telemetryNames: Readonly<Record<string, readonly string[]>> = {
  'http.request.method': ['http.method'],
  'http.response.status_code': ['http.status_code'],
  'url.full': ['http.url'],
  'url.path': ['http.target'],
  'url.scheme': ['http.scheme'],
  'http.request.body.size': ['http.request_content_length', 'http.request.body.bytes'],
  'http.response.body.size': ['http.response_content_length', 'http.response.body.bytes'],
  'http.request.resend_count': ['http.resend_count'],
  'user_agent.original': ['http.user_agent'],
  'client.address': ['http.client_ip'],
  'server.address': ['net.peer.name', 'net.host.name', 'http.host'],
  'server.port': ['net.peer.port', 'net.host.port'],
  'network.peer.address': ['net.sock.peer.addr', 'net.peer.ip'],
  'network.peer.port': ['net.sock.peer.port'],
  'network.local.address': ['net.sock.host.addr', 'net.host.ip'],
  'network.transport': ['net.transport'],
  'network.protocol.name': ['net.protocol.name', 'network.protocol'],
  'network.protocol.version': ['net.protocol.version', 'http.flavor', 'http.version'],
  'db.system.name': ['db.system', 'span.db.type'],
  'db.namespace': ['db.name', 'db.redis.database_index'],
  'db.collection.name': ['db.sql.table', 'db.mongodb.collection', 'db.cassandra.table'],
  'db.operation.name': ['db.operation'],
  'db.query.text': ['db.statement', 'span.db.statement'],
  'rpc.system.name': ['rpc.system'],
  'rpc.status_code': ['rpc.grpc.status_code', 'rpc.connect_rpc.error_code'],
  'messaging.destination.name': ['messaging.destination', 'message_bus.destination'],
  'messaging.operation.type': ['messaging.operation'],
  'messaging.consumer.group.name': ['messaging.kafka.consumer.group'],
  'messaging.destination.partition.id': ['messaging.kafka.destination.partition'],
  'messaging.client.id': ['messaging.client_id'],
  'service.peer.name': ['peer.service'],
  'exception.message': ['error.message'],
  'exception.stacktrace': ['error.stack_trace'],
  'exception.type': ['error.type'],
  'deployment.environment.name': ['deployment.environment', 'service.environment', 'environment'],
  'service.instance.id': ['service.node.name'],
  'service.version': ['version'],
  'telemetry.sdk.language': ['service.language.name'],
  'telemetry.sdk.name': ['agent.name'],
  'telemetry.sdk.version': ['agent.version'],
  'process.runtime.name': ['service.runtime.name'],
  'process.runtime.version': ['service.runtime.version'],
  'process.command_args': ['process.args'],
  'process.executable.path': ['process.executable'],
  'process.executable.name': ['process.name'],
  'process.parent_pid': ['process.parent.pid'],
  'process.owner': ['user.name'],
  'thread.id': ['process.thread.id'],
  'host.name': ['host.hostname', 'hostname', 'host'],
  'host.arch': ['host.architecture'],
  'host.type': ['cloud.machine.type'],
  'host.id': ['cloud.instance.id'],
  'os.description': ['host.os.full'],
  'os.type': ['host.os.type', 'host.os.platform'],
  'cloud.platform': ['cloud.service.name'],
  'container.id': ['kubernetes.container.id'],
  'container.image.name': ['kubernetes.container.image', 'image'],
  'container.image.tags': ['container.image.tag'],
  'container.image.repo_digests': ['container.image.hash.all'],
  'container.runtime.name': ['container.runtime'],
  'k8s.cluster.uid': ['orchestrator.cluster.id'],
  'k8s.pod.uid': ['kubernetes.pod.uid'],
  'k8s.pod.ip': ['kubernetes.pod.ip'],
  'k8s.node.uid': ['kubernetes.node.uid'],
  'k8s.replicaset.name': ['kubernetes.replicaset.name'],
  'k8s.job.name': ['kubernetes.job.name'],
  'data_stream.dataset': ['event.dataset'],
  'log.iostream': ['stream'],
  'log.file.path': ['filename'],
  'file.changed': ['file.ctime'],
  'file.modified': ['file.mtime'],
  'file.owner.id': ['file.uid'],
  'file.owner.name': ['file.owner'],
  'file.group.id': ['file.gid'],
  'file.group.name': ['file.group'],
  'file.symbolic_link.target_path': ['file.target_path'],
  'geo.country.iso_code': ['geo.country_iso_code'],
  'geo.locality.name': ['geo.city_name'],
}

/** A name may be told of in both. */
const renamed: Record<string, readonly string[]> = { ...telemetryNames }
for (const [name, others] of Object.entries(securityNames)) {
  const known = Object.hasOwn(renamed, name) ? renamed[name]! : []
  renamed[name] = [...known, ...others]
}

/** Families of names: what follows the prefix is the same under each of them. */
const families: readonly (readonly string[])[] = [
  ['k8s.pod.label.', 'k8s.pod.labels.', 'kubernetes.labels.'],
  ['k8s.pod.annotation.', 'k8s.pod.annotations.', 'kubernetes.annotations.'],
  ['k8s.namespace.label.', 'k8s.namespace.labels.', 'kubernetes.namespace_labels.'],
  ['k8s.node.label.', 'k8s.node.labels.', 'kubernetes.node.labels.'],
  ['container.label.', 'container.labels.'],
  ...securityFamilies,
]

/** What Elastic APM calls an attribute that has no name of its own. */
const ownPrefixes = ['labels.', 'numeric_labels.'] as const

const current = new Map<string, string[]>()
for (const [name, others] of Object.entries(renamed)) {
  for (const other of others) current.set(other, [...(current.get(other) ?? []), name])
}

/** Every name under which the attribute may be stored: the given one first, then its equals. */
export function attributeNames(name: string): readonly string[] {
  const older = Object.hasOwn(renamed, name) ? renamed[name]! : []
  const names = [name, ...older, ...(current.get(name) ?? [])]
  for (const prefixes of families) {
    const own = prefixes.find((prefix) => name.startsWith(prefix))
    if (own === undefined) continue
    for (const prefix of prefixes) if (prefix !== own) names.push(prefix + name.slice(own.length))
  }
  for (const prefix of ownPrefixes) {
    if (name.startsWith(prefix) && name.length > prefix.length)
      names.push(name.slice(prefix.length))
  }
  return names
}

/** All names that mean something here, for completion and near misses. */
export const knownAttributes: readonly string[] = Object.keys(renamed)
