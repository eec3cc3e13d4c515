/**
 * Table settings without which a power cut loses acknowledged rows or leaves a store that refuses
 * to open. Every table's DDL takes them through {durable}; a test reads them from the engine.
 */

/** Asked of the engine for every table, whatever its kind. */
export const durableSettings = {
  // A part is on disk before its insert is answered.
  fsync_after_insert: 1,
  fsync_part_directory: 1,
  // A merged part is on disk before its sources, which were, are removed.
  min_rows_to_fsync_after_merge: 1,
  min_compressed_bytes_to_fsync_after_merge: 1,
  old_parts_lifetime: 480,
  // Open and report broken parts instead of refusing to start: their sources are still there.
  max_suspicious_broken_parts: 1_000_000,
  max_suspicious_broken_parts_bytes: 1_000_000_000_000,
} as const

/** How many insert tokens a table remembers: a repeated insert of one of them changes nothing. */
const tokensRemembered = 10_000

export function durable(isReplicated: boolean): string {
  const window = isReplicated
    ? { replicated_deduplication_window: tokensRemembered }
    : { non_replicated_deduplication_window: tokensRemembered }
  return Object.entries({ ...durableSettings, ...window })
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')
}
