-- Where a trace lies in time and what it amounts to: turns "trace by id" into one small read.
CREATE TABLE {table trace_index} (
  trace_id FixedString(16) CODEC(ZSTD(1)),
  time SimpleAggregateFunction(min, DateTime64(9)) CODEC(ZSTD(1)),
  end_time SimpleAggregateFunction(max, DateTime64(9)) CODEC(ZSTD(1)),
  spans SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  root_service SimpleAggregateFunction(max, String) CODEC(ZSTD(1)),
  root_name SimpleAggregateFunction(max, String) CODEC(ZSTD(1))
) ENGINE = {engine AggregatingMergeTree}
PARTITION BY toDate(time)
ORDER BY trace_id
SETTINGS {durable}, index_granularity = 512;

CREATE MATERIALIZED VIEW {view trace_index_view} TO {target trace_index} AS
SELECT trace_id, min(span_time) AS time, max(span_time + toIntervalNanosecond(duration_ns)) AS end_time,
  count() AS spans, countIf(status = 'error') AS errors,
  max(if(parent_span_id = toFixedString('', 8), toString(service), '')) AS root_service,
  max(if(parent_span_id = toFixedString('', 8), toString(name), '')) AS root_name
FROM (SELECT trace_id, time AS span_time, duration_ns, status, parent_span_id, service, name FROM {source spans})
GROUP BY trace_id;

-- Rate, errors and duration of every operation a minute, before any sampling. The histogram's key k
-- holds durations of [2^(k/8), 2^((k+1)/8)) ns, so any percentile is exact to 4.5 %.
-- is_entry marks work that a service was asked to do: server and consumer spans, and roots.
CREATE TABLE {table span_metrics_1m} (
  time DateTime CODEC(DoubleDelta, ZSTD(1)),
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  name LowCardinality(String) CODEC(ZSTD(1)),
  kind Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5),
  is_entry Bool,
  calls SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  duration_ns_sum SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
  duration_histogram SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)) CODEC(ZSTD(1))
) ENGINE = {engine AggregatingMergeTree}
PARTITION BY toDate(time)
ORDER BY (time, service, name, kind, is_entry, cluster, namespace)
SETTINGS {durable};

CREATE MATERIALIZED VIEW {view span_metrics_1m_view} TO {target span_metrics_1m} AS
SELECT minute AS time, cluster, namespace, service, name, kind, is_entry,
  sum(bucket_calls) AS calls, sum(bucket_errors) AS errors, sum(bucket_duration) AS duration_ns_sum,
  sumMap(map(bucket, bucket_calls)) AS duration_histogram
FROM (
  SELECT toStartOfMinute(toDateTime(time)) AS minute, cluster, namespace, service, name, kind,
    kind IN ('server', 'consumer') OR parent_span_id = toFixedString('', 8) AS is_entry,
    toUInt16(floor(log2(greatest(duration_ns, 1)) * 8)) AS bucket,
    count() AS bucket_calls, countIf(status = 'error') AS bucket_errors, sum(toFloat64(duration_ns)) AS bucket_duration
  FROM {source spans}
  GROUP BY minute, cluster, namespace, service, name, kind, is_entry, bucket
)
GROUP BY minute, cluster, namespace, service, name, kind, is_entry;

-- The same for whole services, entry spans only: what lists, maps and alerts read.
CREATE TABLE {table service_metrics_1m} (
  time DateTime CODEC(DoubleDelta, ZSTD(1)),
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  calls SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  errors SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1)),
  duration_ns_sum SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
  duration_histogram SimpleAggregateFunction(sumMap, Map(UInt16, UInt64)) CODEC(ZSTD(1))
) ENGINE = {engine AggregatingMergeTree}
PARTITION BY toDate(time)
ORDER BY (time, service, cluster, namespace)
SETTINGS {durable};

CREATE MATERIALIZED VIEW {view service_metrics_1m_view} TO {target service_metrics_1m} AS
SELECT time, cluster, namespace, service, sum(calls) AS calls, sum(errors) AS errors,
  sum(duration_ns_sum) AS duration_ns_sum, sumMap(duration_histogram) AS duration_histogram
FROM {source span_metrics_1m} WHERE is_entry
GROUP BY time, cluster, namespace, service;

-- Who calls whom a minute. Written by a job that pairs client with server spans and may write a
-- minute again when spans came late: the newest version wins.
CREATE TABLE {table service_edges_1m} (
  time DateTime CODEC(DoubleDelta, ZSTD(1)),
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  peer_service LowCardinality(String) CODEC(ZSTD(1)),
  peer_kind Enum8('service' = 0, 'external' = 1, 'database' = 2, 'messaging' = 3, 'user' = 4),
  peer_system LowCardinality(String) CODEC(ZSTD(1)),
  calls UInt64 CODEC(ZSTD(1)),
  errors UInt64 CODEC(ZSTD(1)),
  duration_ns_sum Float64 CODEC(ZSTD(1)),
  duration_histogram Map(UInt16, UInt64) CODEC(ZSTD(1)),
  version UInt64 CODEC(ZSTD(1))
) ENGINE = {engine ReplacingMergeTree(version)}
PARTITION BY toDate(time)
ORDER BY (time, service, peer_service, peer_kind, peer_system, cluster, namespace)
SETTINGS {durable};

-- Which values a field takes, for completion and field lists. Written by a job from a bounded sample.
CREATE TABLE {table field_values} (
  time DateTime CODEC(DoubleDelta, ZSTD(1)),
  signal LowCardinality(String) CODEC(ZSTD(1)),
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  field LowCardinality(String) CODEC(ZSTD(1)),
  value String CODEC(ZSTD(1)),
  rows SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1))
) ENGINE = {engine AggregatingMergeTree}
PARTITION BY toDate(time)
ORDER BY (signal, field, value, cluster, namespace, time)
SETTINGS {durable};
