/**
 * Senders of numbered audit events, alerts and flows for the ledger of kills. An event is stored
 * twice, as a row of its table and as one of logs: it counts as there when both are.
 */
import { type Sql, sql } from '../../src/store/sql.ts'
import { auditEvent } from '../ingest/audit-samples.ts'
import { overHttp, type ReceiverSender } from './http-sender.ts'

type Table = 'audit_events' | 'security_events' | 'network_flows'
/** `mark` is in the sentence that the event becomes. */
type Make = (mark: string, time: Date) => object

function found(table: Table, word: string): Sql {
  const name = { audit_events: sql`audit_events`, security_events: sql`security_events` }
  const from = table === 'network_flows' ? sql`network_flows` : name[table]
  const number = (column: Sql) => sql`
    SELECT toUInt32OrZero(extract(${column}, ${`${word}-([0-9]+)`})) AS number, count() AS rows`
  return sql`
    SELECT number AS sequence, max(rows) AS times FROM (
      ${number(sql`sentence`)} FROM ${from}
      WHERE position(sentence, ${`${word}-`}) > 0 GROUP BY number
      UNION ALL ${number(sql`body`)} FROM logs
      WHERE position(body, ${`${word}-`}) > 0 AND event_name != '' GROUP BY number
    ) GROUP BY number HAVING count() = 2`
}

function sender(
  { name, path, table }: { name: string; path: string; table: Table },
  make: Make,
  more: Partial<ReceiverSender> = {},
): ReceiverSender {
  const word = `ledger-${name.replaceAll(' ', '-')}`
  return overHttp(
    name,
    'otlp_http',
    (numbers) => ({
      path,
      type: 'application/json',
      body: Buffer.from(
        numbers.map((n) => JSON.stringify(make(`${word}-${n}`, new Date()))).join('\n'),
      ),
    }),
    { found: () => found(table, word), ...more },
  )
}

export const eventSenders: readonly ReceiverSender[] = [
  sender(
    { name: 'audit', path: '/ingest/kubernetes/audit', table: 'audit_events' },
    (name, time) =>
      auditEvent(
        { auditID: name, objectRef: { resource: 'secrets', namespace: 'shop', name } },
        time.getTime(),
      ),
    // An event is known by its auditID and stage, also by the process that comes after a kill.
    { hasIdentity: true },
  ),
  sender({ name: 'falco', path: '/ingest/falco', table: 'security_events' }, (output, time) => ({
    ...{ rule: 'r', priority: 'Notice', output, source: 'syscall', hostname: 'n1' },
    ...{ time: time.toISOString(), output_fields: { 'k8s.pod.name': 'redis-0' } },
  })),
  sender(
    { name: 'tetragon', path: '/ingest/tetragon', table: 'security_events' },
    (name, time) => ({
      process_exec: { process: { binary: `/bin/${name}`, pid: 1 } },
      ...{ node_name: 'n1', time: time.toISOString() },
    }),
  ),
  sender({ name: 'hubble', path: '/ingest/hubble', table: 'network_flows' }, (name, time) => ({
    flow: {
      ...{ verdict: 'FORWARDED', time: time.toISOString(), l4: { TCP: { destination_port: 80 } } },
      destination_names: [`${name}.example`],
    },
    node_name: 'n1',
  })),
  sender({ name: 'calico', path: '/ingest/calico', table: 'network_flows' }, (name, time) => ({
    ...{ action: 'deny', reporter: 'src', source_name: 'a', source_namespace: 'b' },
    ...{ dest_name: 'pub', start_time: time.toISOString(), proto: 'tcp' },
    policies: { all_policies: [name] },
  })),
  sender({ name: 'envoy', path: '/ingest/envoy', table: 'network_flows' }, (name, time) => ({
    ...{ start_time: time.toISOString(), method: 'GET', path: `/${name}`, response_code: 200 },
    ...{ upstream_cluster: 'outbound|80||cart.shop.svc.cluster.local', duration: 3 },
  })),
  /** The same events as the lines that a shipper reads from a file. */
  sender(
    { name: 'lines of falco', path: '/ingest/jsonl', table: 'security_events' },
    (name, time) => ({
      message: JSON.stringify({
        ...{ rule: 'r', priority: 'Notice', output: name, source: 'syscall', hostname: 'n1' },
        ...{ time: time.toISOString(), output_fields: { 'k8s.pod.name': 'redis-0' } },
      }),
    }),
  ),
]
