-- Counts that are no whole numbers, as recording rules make them, are whole ones rounded where they
-- always were, and exact here: count, zero_count, then those of bucket_counts, positive_counts and
-- negative_counts. Empty for all others. The hint says what the sender knew of a reset.
ALTER TABLE {altered metric_histograms}
  ADD COLUMN IF NOT EXISTS
    reset_hint Enum8('unknown' = 0, 'reset' = 1, 'not_reset' = 2, 'gauge' = 3) CODEC(ZSTD(1)),
  ADD COLUMN IF NOT EXISTS exact_counts Array(Float64) CODEC(ZSTD(1));
