/** Span and metric attributes in both generations of semantic conventions. Pure. */
import type { Attributes } from '@opentelemetry/api'

export type Conventions = 'old' | 'new'

export type ServerFacts = {
  method: string
  route: string | undefined
  path: string
  query: string
  host: string
  port: number
  client_address: string
  user_agent: string
}

export function httpServer(generation: Conventions, facts: ServerFacts): Attributes {
  const { method, route, path, query, host, port, client_address, user_agent } = facts
  if (generation === 'old') {
    return {
      'http.method': method,
      'http.target': query === '' ? path : `${path}?${query}`,
      'http.scheme': 'http',
      'http.flavor': '1.1',
      'http.host': `${host}:${port}`,
      'net.host.name': host,
      'net.host.port': port,
      'http.client_ip': client_address,
      'http.user_agent': user_agent,
      ...(route === undefined ? {} : { 'http.route': route }),
    }
  }
  return {
    'http.request.method': method,
    'url.path': path,
    'url.scheme': 'http',
    ...(query === '' ? {} : { 'url.query': query }),
    ...(route === undefined ? {} : { 'http.route': route }),
    'network.protocol.version': '1.1',
    'server.address': host,
    'server.port': port,
    'client.address': client_address,
    'user_agent.original': user_agent,
  }
}

export type ClientFacts = {
  method: string
  scheme: 'http' | 'https'
  host: string
  port: number
  path: string
  resend_count: number
}

export function httpClient(generation: Conventions, facts: ClientFacts): Attributes {
  const { method, scheme, host, port, path, resend_count } = facts
  const plain = (scheme === 'http' && port === 80) || (scheme === 'https' && port === 443)
  const url = `${scheme}://${host}${plain ? '' : `:${port}`}${path}`
  if (generation === 'old') {
    return {
      'http.method': method,
      'http.url': url,
      'http.flavor': '1.1',
      'net.peer.name': host,
      'net.peer.port': port,
      ...(resend_count > 0 ? { 'http.resend_count': resend_count } : {}),
    }
  }
  return {
    'http.request.method': method,
    'url.full': url,
    'server.address': host,
    'server.port': port,
    'network.protocol.version': '1.1',
    ...(resend_count > 0 ? { 'http.request.resend_count': resend_count } : {}),
  }
}

export function httpStatus(generation: Conventions, status: number): Attributes {
  return generation === 'old'
    ? { 'http.status_code': status }
    : { 'http.response.status_code': status }
}

/** What the duration of a request is counted by; paths never, routes only. */
export function httpMetric(generation: Conventions, facts: MetricFacts): Attributes {
  const { method, route, status, error_type } = facts
  if (generation === 'old') {
    return { 'http.method': method, 'http.route': route, 'http.status_code': status }
  }
  return {
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    ...(error_type === undefined ? {} : { 'error.type': error_type }),
  }
}
type MetricFacts = { method: string; route: string; status: number; error_type?: string }

export type DatabaseFacts = {
  system: 'postgresql' | 'redis' | 'mongodb' | 'elasticsearch'
  host: string
  port: number
  namespace: string
  collection: string
  operation: string
  text: string
}

const userOf = 'shop'

export function database(generation: Conventions, facts: DatabaseFacts): Attributes {
  const { system, host, port, namespace, collection, operation, text } = facts
  if (generation === 'old') {
    const place =
      system === 'redis'
        ? { 'db.redis.database_index': Number(namespace) }
        : { 'db.name': namespace, 'db.user': userOf }
    const table = { postgresql: 'db.sql.table', mongodb: 'db.mongodb.collection' }[system as string]
    return {
      'db.system': system,
      ...place,
      ...(table === undefined || collection === '' ? {} : { [table]: collection }),
      'db.operation': operation,
      'db.statement': text,
      'net.peer.name': host,
      'net.peer.port': port,
      'net.transport': 'ip_tcp',
    }
  }
  return {
    'db.system.name': system,
    'db.namespace': namespace,
    ...(collection === '' ? {} : { 'db.collection.name': collection }),
    'db.operation.name': operation,
    'db.query.text': text,
    'db.query.summary': `${operation} ${collection}`.trim(),
    'server.address': host,
    'server.port': port,
  }
}

export type RpcFacts = { service: string; method: string; host: string; port: number }

/** Instrumented by hand as libraries do today: the old names, with the status as a number. */
export function rpc(facts: RpcFacts): Attributes {
  return {
    'rpc.system': 'grpc',
    'rpc.service': facts.service,
    'rpc.method': facts.method,
    'server.address': facts.host,
    'server.port': facts.port,
  }
}

export type MessagingFacts = {
  topic: string
  operation: 'send' | 'process'
  key: string
  partition: number
  offset: number
  group?: string
  body_bytes: number
}

export function messaging(generation: Conventions, facts: MessagingFacts): Attributes {
  const { topic, operation, key, partition, offset, group, body_bytes } = facts
  const shared = {
    'messaging.system': 'kafka',
    'messaging.destination.name': topic,
    'messaging.kafka.message.key': key,
  }
  if (generation === 'old') {
    return {
      ...shared,
      'messaging.operation': operation === 'send' ? 'publish' : 'process',
      'messaging.kafka.destination.partition': partition,
      'messaging.kafka.message.offset': offset,
      'messaging.message.payload_size_bytes': body_bytes,
      'net.peer.name': brokerHost,
      'net.peer.port': 9092,
      ...(group === undefined ? {} : { 'messaging.kafka.consumer.group': group }),
    }
  }
  return {
    ...shared,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': offset,
    'messaging.message.body.size': body_bytes,
    'server.address': brokerHost,
    'server.port': 9092,
    ...(group === undefined ? {} : { 'messaging.consumer.group.name': group }),
  }
}

const brokerHost = 'kafka.data.svc.cluster.local'
