/** Limits that belong to the product's promises, each with its unit. The rest is configuration. */

export const limits = {
  /** OTLP recommends 64 MiB after decompression since 1.11. */
  body_bytes_max: 64 * 1024 * 1024,
  /** An attribute past this count is dropped from its record and counted. */
  attributes_max: 1024,
  attribute_key_bytes_max: 1024,
  attribute_value_bytes_max: 64 * 1024,
  /** A longer body is cut, keeps what fits, and says so in the attribute log.truncated. */
  log_body_bytes_max: 1024 * 1024,
  any_value_depth_max: 32,
  span_events_max: 1024,
  span_links_max: 1024,
  histogram_buckets_max: 4096,
  /** A record from further in the future is refused: it would outlive retention by its distance. */
  future_ms_max: 25 * 3600 * 1000,
} as const
