/** What each kind has besides the columns that all share, read from the object itself. */
import { type Sql, sql } from '../../store/sql.ts'
import type { ListName } from './contract.ts'

/** Name of the detail to where it is in the object. */
type Details = Readonly<Record<string, Sql>>

const images = (path: Sql) =>
  sql`arrayStringConcat(arrayMap(c -> JSONExtractString(c, 'image'),
    JSONExtractArrayRaw(object, ${path})), ', ')`

const ports = sql`arrayStringConcat(arrayMap(
  p -> concat(toString(JSONExtractUInt(p, 'port')), '/',
    if(JSONExtractString(p, 'protocol') = '', 'TCP', JSONExtractString(p, 'protocol'))),
  JSONExtractArrayRaw(object, 'spec', 'ports')), ', ')`

const external = sql`arrayStringConcat(arrayMap(
  i -> if(JSONExtractString(i, 'ip') != '', JSONExtractString(i, 'ip'),
    JSONExtractString(i, 'hostname')),
  JSONExtractArrayRaw(object, 'status', 'loadBalancer', 'ingress')), ', ')`

const hosts = sql`arrayStringConcat(arrayMap(r -> JSONExtractString(r, 'host'),
  JSONExtractArrayRaw(object, 'spec', 'rules')), ', ')`

const roles = sql`arrayStringConcat(arrayMap(key -> substring(key, 25),
  arrayFilter(key -> startsWith(key, 'node-role.kubernetes.io/'), mapKeys(labels))), ', ')`

const details: Readonly<Record<ListName, Details>> = {
  nodes: {
    version: sql`JSONExtractString(object, 'status', 'nodeInfo', 'kubeletVersion')`,
    roles,
  },
  namespaces: {},
  workloads: { images: images(sql`'spec', 'template', 'spec', 'containers'`) },
  pods: { ip: sql`JSONExtractString(object, 'status', 'podIP')` },
  services: {
    type: sql`JSONExtractString(object, 'spec', 'type')`,
    cluster_ip: sql`JSONExtractString(object, 'spec', 'clusterIP')`,
    external,
    ports,
    hosts,
  },
  volumes: {
    storage_class: sql`JSONExtractString(object, 'spec', 'storageClassName')`,
    volume: sql`JSONExtractString(object, 'spec', 'volumeName')`,
    capacity: sql`if(JSONExtractString(object, 'status', 'capacity', 'storage') != '',
      JSONExtractString(object, 'status', 'capacity', 'storage'),
      JSONExtractString(object, 'spec', 'capacity', 'storage'))`,
    claim: sql`JSONExtractString(object, 'spec', 'claimRef', 'name')`,
  },
  jobs: {
    schedule: sql`JSONExtractString(object, 'spec', 'schedule')`,
    last_scheduled: sql`JSONExtractString(object, 'status', 'lastScheduleTime')`,
  },
  autoscalers: {
    target: sql`concat(JSONExtractString(object, 'spec', 'scaleTargetRef', 'kind'), '/',
      JSONExtractString(object, 'spec', 'scaleTargetRef', 'name'))`,
  },
  troubled: {},
}

/** A Map of the list's details; kinds that lack one have it empty. */
export function detailsOf(list: ListName): Sql {
  const pairs = Object.entries(details[list]).flatMap(([name, value]) => [sql`${name}`, value])
  return pairs.length === 0 ? sql`map('', '')` : sql`map(${sql.join(pairs)})`
}
