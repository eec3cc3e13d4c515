-- One row a series and day. series_id is a 64-bit hash of the metric, its resource, scope and attributes.
CREATE TABLE {table metric_series} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  pod LowCardinality(String) CODEC(ZSTD(1)),
  container LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  resource_id UInt64 CODEC(ZSTD(1)),
  scope LowCardinality(String) CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(ZSTD(1)),
  metric LowCardinality(String) CODEC(ZSTD(1)),
  series_id UInt64 CODEC(ZSTD(1)),
  kind Enum8('gauge' = 0, 'sum' = 1, 'histogram' = 2, 'exponential_histogram' = 3, 'summary' = 4),
  temporality Enum8('unspecified' = 0, 'delta' = 1, 'cumulative' = 2),
  monotonic Bool,
  unit LowCardinality(String) CODEC(ZSTD(1)),
  description String CODEC(ZSTD(3)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(3)),
  attribute_items Array(String) ALIAS arrayMap((k, v) -> concat(k, '=', v), mapKeys(attributes), mapValues(attributes)),
  INDEX attribute_items_text attribute_items TYPE text(tokenizer = 'array')
) ENGINE = {engine ReplacingMergeTree(time)}
PARTITION BY toDate(time)
ORDER BY (metric, series_id)
SETTINGS {durable}, index_granularity = 1024;

-- Numbers. A stale marker is the value with the bits 0x7ff0000000000002, as Prometheus writes it.
CREATE TABLE {table metric_samples} (
  metric LowCardinality(String) CODEC(ZSTD(1)),
  series_id UInt64 CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
  start_time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
  value Float64 CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (metric, series_id, time)
SETTINGS {durable};

CREATE TABLE {table metric_samples_5m} (
  metric LowCardinality(String) CODEC(ZSTD(1)),
  series_id UInt64 CODEC(ZSTD(1)),
  time DateTime CODEC(DoubleDelta, ZSTD(1)),
  value_last AggregateFunction(argMax, Float64, DateTime64(3)) CODEC(ZSTD(1)),
  value_min SimpleAggregateFunction(min, Float64) CODEC(ZSTD(1)),
  value_max SimpleAggregateFunction(max, Float64) CODEC(ZSTD(1)),
  value_sum SimpleAggregateFunction(sum, Float64) CODEC(ZSTD(1)),
  value_count SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD(1))
) ENGINE = {engine AggregatingMergeTree}
PARTITION BY toDate(time)
ORDER BY (metric, series_id, time)
SETTINGS {durable};

-- Stale markers are left out: NaN would poison minimum and sum.
CREATE MATERIALIZED VIEW {view metric_samples_5m_view} TO {target metric_samples_5m} AS
SELECT metric, series_id, toStartOfFiveMinutes(sample_time) AS time,
  argMaxState(value, sample_time) AS value_last, min(value) AS value_min, max(value) AS value_max,
  sum(value) AS value_sum, count() AS value_count
FROM (SELECT metric, series_id, time AS sample_time, value FROM {source metric_samples} WHERE NOT isNaN(value))
GROUP BY metric, series_id, time;

-- Explicit and exponential histograms, one row a point. minimum and maximum are NaN where not sent.
CREATE TABLE {table metric_histograms} (
  metric LowCardinality(String) CODEC(ZSTD(1)),
  series_id UInt64 CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
  start_time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
  stale Bool CODEC(ZSTD(1)),
  count UInt64 CODEC(ZSTD(1)),
  sum Float64 CODEC(ZSTD(1)),
  minimum Float64 CODEC(ZSTD(1)),
  maximum Float64 CODEC(ZSTD(1)),
  bounds Array(Float64) CODEC(ZSTD(1)),
  bucket_counts Array(UInt64) CODEC(ZSTD(1)),
  scale Int32 CODEC(ZSTD(1)),
  zero_count UInt64 CODEC(ZSTD(1)),
  zero_threshold Float64 CODEC(ZSTD(1)),
  positive_offset Int32 CODEC(ZSTD(1)),
  positive_counts Array(UInt64) CODEC(ZSTD(1)),
  negative_offset Int32 CODEC(ZSTD(1)),
  negative_counts Array(UInt64) CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (metric, series_id, time)
SETTINGS {durable};

CREATE TABLE {table metric_exemplars} (
  metric LowCardinality(String) CODEC(ZSTD(1)),
  series_id UInt64 CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(DoubleDelta, ZSTD(1)),
  value Float64 CODEC(ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (metric, series_id, time)
SETTINGS {durable};
