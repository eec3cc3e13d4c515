/**
 * Every configuration key: default, bound and sentence. Reading them from file, variables and flags
 * is config.ts; docs/config.md is generated from here.
 */
import { limits } from '../model/limits.ts'
import { segmentsDefaults } from '../store/segment-log.ts'
import {
  address,
  bytes,
  choice,
  count,
  path,
  type Setting,
  secret,
  text,
  url,
  yesNo,
} from './setting.ts'

const minute = 60_000
const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

export const settings = {
  listen: {
    ui: address('127.0.0.1:4300', 'The screens and the API.'),
    otlp_grpc: address('127.0.0.1:4317', 'OTLP over gRPC.'),
    otlp_http: address('127.0.0.1:4318', 'OTLP over HTTP: protobuf and JSON.'),
    apm: address('off', 'Elastic APM agents, and OTLP over HTTP and gRPC: usually port 8200.'),
    elastic: address('off', 'Shippers that speak to Elasticsearch: usually port 9200.'),
    loki: address('off', 'Shippers that push to Loki: usually port 3100.'),
    fluent_forward: address('off', 'Fluent Bit and Fluentd forward: usually port 24224.'),
    syslog: address('off', 'Syslog over TCP (TLS with a certificate) and UDP: usually port 5514.'),
    insecure: yesNo(
      false,
      'Allows other addresses than loopback without TLS: for a server behind a TLS proxy.',
    ),
    cors_origins: text(
      '',
      'Origins of pages whose browsers may send OTLP/HTTP, separated by commas; * for all.',
    ),
    public_url: url(['http:', 'https:'], 'The address people type, when it is not listen.ui.'),
  },
  tls: {
    cert_file: path('', 'Certificate chain (PEM) of every listener; read again when it changes.'),
    key_file: path('', 'Private key (PEM) of that certificate.'),
    client_ca_file: path('', 'Authorities (PEM) whose client certificates OTLP senders must show.'),
  },
  store: {
    dir: path('./data', 'Everything that the embedded default keeps on disk.'),
    url: url(['http:', 'https:'], 'A ClickHouse server to use in place of the embedded engine.'),
    user: text('default', 'User on that server.'),
    password: secret('Password of that user; prefer the variable to the flag.'),
    database: text('crowsnest', 'Database on that server.'),
    cluster: text('', 'ClickHouse cluster name: tables become Replicated and Distributed.'),
    memory_bytes_max: bytes(2 * gibibyte, 256 * mebibyte, 1024 * gibibyte, 'Memory of the engine.'),
    disk_bytes_max: bytes(
      0,
      0,
      1024 ** 5,
      'Disk for telemetry: past it the oldest days go first. 0 sets no such limit. In any case ' +
        'they go first when little of the disk is left (15 %, at most 15 GiB).',
    ),
  },
  retention: {
    logs_days: count(14, 1, 3650, 'Days that logs and events are kept.'),
    traces_days: count(7, 1, 3650, 'Days that spans are kept.'),
    metrics_days: count(30, 1, 3650, 'Days that metric samples are kept.'),
    kubernetes_days: count(
      30,
      1,
      3650,
      'Days that the history of Kubernetes objects and their events are kept.',
    ),
    security_days: count(
      90,
      1,
      3650,
      'Days that audit events and security events are kept; their rows in logs go with the logs.',
    ),
    flows_days: count(14, 1, 3650, 'Days that network flows and access logs are kept as flows.'),
    summaries_days: count(90, 1, 3650, 'Days that per-minute and 5-minute summaries are kept.'),
  },
  fluent_forward: {
    shared_key: secret('Key that forwarders must know; empty asks for none.'),
    users: secret('Pairs user:password that forwarders must show, separated by commas.'),
    hostname: text('crowsnest', 'How this server calls itself to forwarders.'),
  },
  syslog: {
    open: yesNo(
      false,
      'Takes syslog from whoever reaches the port. Otherwise it is taken on loopback, or from ' +
        'clients with a certificate of tls.client_ca_file: it has no place for a token.',
    ),
    cluster: text('', 'Cluster name of what comes by syslog.'),
  },
  pipelines: {
    geoip_dir: path('', 'Folder with the .mmdb databases that geoip processors name.'),
  },
  segments: {
    age_ms: count(
      segmentsDefaults.age_ms,
      10,
      minute,
      'A write-ahead segment is inserted at this age at the latest.',
    ),
    bytes_max: bytes(
      segmentsDefaults.bytes_max,
      mebibyte,
      gibibyte,
      'A segment is inserted at this size at the latest.',
    ),
    buffered_bytes_max: bytes(
      segmentsDefaults.buffered_bytes_max,
      16 * mebibyte,
      1024 * gibibyte,
      'Acknowledged bytes that wait for the store; past it senders are told to retry.',
    ),
  },
  limits: {
    body_bytes_max: bytes(
      limits.body_bytes_max,
      64 * 1024,
      gibibyte,
      'One ingest request after decompression.',
    ),
    ask_bytes_max: bytes(256 * 1024, 1024, 16 * mebibyte, 'One request to the API.'),
    ask_timeout_ms: count(30_000, 100, 10 * minute, 'One question; then it is stopped.'),
    asks_max: count(64, 1, 10_000, 'Questions being answered at one time.'),
    tails_max: count(32, 1, 10_000, 'Live tails open at one time.'),
    connections_max: count(4096, 16, 1_000_000, 'Connections to one listener.'),
  },
  state: {
    url: secret('postgres://… when several servers share users and tokens; empty for SQLite.'),
  },
  fleet: {
    kubernetes_url: url(
      ['http:', 'https:'],
      'The Kubernetes API that vouches for agents’ ServiceAccount tokens; in a pod its own.',
    ),
    kubernetes_ca_file: path('', 'Authority (PEM) of that API; in a pod its own.'),
    kubernetes_token_file: path('', 'Token with which that API is asked; in a pod its own.'),
    kubernetes_cluster: text('', 'Name of that cluster; empty: agents say it.'),
    kubernetes_policy: text('kubernetes', 'Policy that agents of that cluster begin with.'),
    service_accounts: text(
      'crowsnest/crowsnest-agent, crowsnest/crowsnest-cluster-agent',
      'ServiceAccounts that may enrol, as namespace/name, separated by commas.',
    ),
    polls_max: count(5_000, 1, 100_000, 'Check-ins held open at one time.'),
  },
  session: {
    idle_minutes: count(12 * 60, 5, 30 * 24 * 60, 'A session ends after this long without use.'),
    days_max: count(7, 1, 90, 'A session ends after this long in any case.'),
  },
  log: {
    level: choice(
      ['debug', 'info', 'warn', 'error'],
      'info',
      'The least severe line that is written.',
    ),
  },
  read: {
    open: choice(
      ['loopback', 'never'],
      'loopback',
      'Who may query the APIs of Prometheus, Loki, Tempo, Jaeger and Elasticsearch without a ' +
        'token. loopback: anyone on this machine, when all listeners are open on loopback alone.',
    ),
  },
  agent: choice(
    ['auto', 'on', 'off'],
    'auto',
    'Starts the agent of this machine. auto: when the listeners are open on loopback alone, on ' +
      'ports that are not 0.',
  ),
  demo: yesNo(false, 'Starts the demo shop beside the server, sending to it.'),
  demo_clusters: count(
    1,
    0,
    3,
    'Simulated Kubernetes clusters of the demo, each with its agents. 0: the shop alone.',
  ),
} as const

type Values<Group> = {
  [Key in keyof Group]: Group[Key] extends Setting<infer Value> ? Value : Values<Group[Key]>
}
export type Config = Values<typeof settings>
