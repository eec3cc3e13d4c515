-- Spans. peer_* name the other side of an exit span, decided once at ingest from both generations
-- of semantic conventions, so that maps and edges never look into attributes.
CREATE TABLE {table spans} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  pod LowCardinality(String) CODEC(ZSTD(1)),
  container LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  resource_id UInt64 CODEC(ZSTD(1)),
  scope LowCardinality(String) CODEC(ZSTD(1)),
  ingested_time DateTime64(3) CODEC(Delta(8), ZSTD(1)),
  time DateTime64(9) CODEC(Delta(8), ZSTD(1)),
  duration_ns UInt64 CODEC(T64, ZSTD(1)),
  trace_id FixedString(16) CODEC(ZSTD(1)),
  span_id FixedString(8) CODEC(ZSTD(1)),
  parent_span_id FixedString(8) CODEC(ZSTD(1)),
  trace_state String CODEC(ZSTD(1)),
  name LowCardinality(String) CODEC(ZSTD(1)),
  kind Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5),
  status Enum8('unset' = 0, 'ok' = 1, 'error' = 2),
  status_message String CODEC(ZSTD(1)),
  http_status_code UInt16 CODEC(ZSTD(1)),
  peer_service LowCardinality(String) CODEC(ZSTD(1)),
  peer_kind Enum8('none' = 0, 'external' = 1, 'database' = 2, 'messaging' = 3),
  peer_system LowCardinality(String) CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  numbers Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
  `events.time` Array(DateTime64(9)) CODEC(ZSTD(1)),
  `events.name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
  `events.attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  `links.trace_id` Array(FixedString(16)) CODEC(ZSTD(1)),
  `links.span_id` Array(FixedString(8)) CODEC(ZSTD(1)),
  `links.attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
  attribute_items Array(String) ALIAS arrayMap((k, v) -> concat(k, '=', v), mapKeys(attributes), mapValues(attributes)),
  INDEX trace_id_bloom trace_id TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX duration_range duration_ns TYPE minmax GRANULARITY 1,
  INDEX attribute_items_text attribute_items TYPE text(tokenizer = 'array', posting_list_codec = 'bitpacking')
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (toStartOfFiveMinutes(time), service, name, time)
SETTINGS {durable}, min_bytes_for_wide_part = 134217728;
