-- Every resource with all its attributes, once a day and again after a restart: the earliest time tells
-- when a version or a pod was first seen. Rows elsewhere carry only resource_id.
CREATE TABLE {table resources} (
  cluster LowCardinality(String) CODEC(ZSTD(1)),
  namespace LowCardinality(String) CODEC(ZSTD(1)),
  workload LowCardinality(String) CODEC(ZSTD(1)),
  pod LowCardinality(String) CODEC(ZSTD(1)),
  container LowCardinality(String) CODEC(ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  service LowCardinality(String) CODEC(ZSTD(1)),
  resource_id UInt64 CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(ZSTD(1)),
  attributes Map(LowCardinality(String), String) CODEC(ZSTD(3))
) ENGINE = {engine ReplacingMergeTree(time)}
PARTITION BY toDate(time)
ORDER BY (resource_id, time)
SETTINGS {durable}, index_granularity = 1024;
