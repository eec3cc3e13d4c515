-- Labels of a series from Prometheus are its attributes exactly as they were sent. Everybody else's
-- are made when they are read: names, units, job, instance and place.
ALTER TABLE {altered metric_series}
  ADD COLUMN IF NOT EXISTS origin Enum8('otlp' = 0, 'prometheus' = 1);
