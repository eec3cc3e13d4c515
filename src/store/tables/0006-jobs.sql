-- How far each job has come, so that a restart goes on where it stopped: the newest time wins.
CREATE TABLE {table job_progress} (
  job LowCardinality(String),
  time DateTime64(3)
) ENGINE = {engine ReplacingMergeTree(time)}
ORDER BY job
SETTINGS {durable};
