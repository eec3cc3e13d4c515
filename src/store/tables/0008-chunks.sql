-- Chunks that were stored, so that one that is sent again is answered and not stored twice. A row
-- is in the same write-ahead block as the chunk's records: both are there or neither.
CREATE TABLE {table ingest_chunks} (
  chunk_id String CODEC(ZSTD(1)),
  time DateTime64(3) CODEC(ZSTD(1))
) ENGINE = {engine MergeTree}
PARTITION BY toDate(time)
ORDER BY (time, chunk_id)
SETTINGS {durable};
