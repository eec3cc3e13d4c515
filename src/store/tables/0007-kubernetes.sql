-- Every change of every Kubernetes object, with its diff; kept like logs.
CREATE TABLE {table kubernetes_objects} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  ingested_time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  change Enum8('seen' = 0, 'added' = 1, 'modified' = 2, 'deleted' = 3, 'listed' = 4),
  kind LowCardinality(String) CODEC(ZSTD(1)),
  api_version LowCardinality(String) CODEC(ZSTD(1)),
  name String CODEC(ZSTD(1)),
  uid String CODEC(ZSTD(1)),
  resource_version String CODEC(ZSTD(1)),
  created_time DateTime64(3) CODEC(ZSTD(1)),
  owner_kind LowCardinality(String) CODEC(ZSTD(1)),
  owner_name String CODEC(ZSTD(1)),
  workload_kind LowCardinality(String) CODEC(ZSTD(1)),
  health Enum8('unknown' = 0, 'ok' = 1, 'warn' = 2, 'bad' = 3),
  status LowCardinality(String) CODEC(ZSTD(1)),
  status_message String CODEC(ZSTD(1)),
  actor LowCardinality(String) CODEC(ZSTD(1)),
  labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  changed_paths Array(String) CODEC(ZSTD(1)),
  diff String CODEC(ZSTD(3)),
  object String CODEC(ZSTD(3))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (kind, cluster, namespace, name, uid, time)
SETTINGS {durable}, min_bytes_for_wide_part = 134217728;

-- The newest word on every object, and when each kind was last listed whole: what is alive now.
CREATE TABLE {table kubernetes_current} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(ZSTD(1)),
  change Enum8('seen' = 0, 'added' = 1, 'modified' = 2, 'deleted' = 3, 'listed' = 4),
  kind LowCardinality(String) CODEC(ZSTD(1)),
  api_version LowCardinality(String) CODEC(ZSTD(1)),
  name String CODEC(ZSTD(1)),
  uid String CODEC(ZSTD(1)),
  created_time DateTime64(3) CODEC(ZSTD(1)),
  owner_kind LowCardinality(String) CODEC(ZSTD(1)),
  owner_name String CODEC(ZSTD(1)),
  workload_kind LowCardinality(String) CODEC(ZSTD(1)),
  health Enum8('unknown' = 0, 'ok' = 1, 'warn' = 2, 'bad' = 3),
  status LowCardinality(String) CODEC(ZSTD(1)),
  status_message String CODEC(ZSTD(1)),
  labels Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  object String CODEC(ZSTD(3))
) ENGINE = {engine ReplacingMergeTree(time)}
ORDER BY (kind, cluster, namespace, name, uid)
SETTINGS {durable};

CREATE MATERIALIZED VIEW {view kubernetes_current_view} TO {target kubernetes_current} AS
SELECT cluster, namespace, workload, node, time, change, kind, api_version, name, uid, created_time,
  owner_kind, owner_name, workload_kind, health, status, status_message, labels, numbers, object
FROM {source kubernetes_objects};

-- Kubernetes events, kept for weeks: the API forgets them after an hour.
CREATE TABLE {table kubernetes_events} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  first_time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  ingested_time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  event_uid String CODEC(ZSTD(1)),
  kind LowCardinality(String) CODEC(ZSTD(1)),
  name String CODEC(ZSTD(1)),
  uid String CODEC(ZSTD(1)),
  workload_kind LowCardinality(String) CODEC(ZSTD(1)),
  type LowCardinality(String) CODEC(ZSTD(1)),
  reason LowCardinality(String) CODEC(ZSTD(1)),
  message String CODEC(ZSTD(1)),
  count UInt32 CODEC(ZSTD(1)),
  source LowCardinality(String) CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (toStartOfHour(time), cluster, namespace, kind, name, time)
SETTINGS {durable};

-- What agents see, lag behind with, dropped, or cannot see and why.
CREATE TABLE {table agent_coverage} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  pod LowCardinality(String) CODEC(ZSTD(1)),
  agent_id LowCardinality(String) CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  source LowCardinality(String) CODEC(ZSTD(1)),
  signal LowCardinality(String) CODEC(ZSTD(1)),
  state Enum8('arriving' = 0, 'lagging' = 1, 'dropped' = 2, 'blind' = 3),
  reason LowCardinality(String) CODEC(ZSTD(1)),
  detail String CODEC(ZSTD(1)),
  lag_s Float64 CODEC(ZSTD(1)),
  records UInt64 CODEC(ZSTD(1)),
  dropped UInt64 CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (cluster, node, source, signal, namespace, workload, pod, time)
SETTINGS {durable};
