/** What the ingest and store rooms count, named as metrics. */
import type { IngestStats } from '../ingest/counters.ts'
import type { SegmentsStats } from '../store/segments.ts'
import type { StoreHealth } from '../store/store.ts'
import type { WriterStats } from '../store/writer.ts'
import type { Family, HistogramFamily, Sample } from './metrics.ts'

export function ingestFigures({ records, listeners, ...now }: IngestStats): Family[] {
  const bySender = (pick: (one: (typeof records)[number]) => number): Sample[] =>
    records.map((one) => ({ labels: { source: one.source, signal: one.signal }, value: pick(one) }))
  const byListener = (pick: (one: (typeof listeners)[number]) => number): Sample[] =>
    listeners.map((one) => ({ labels: { listener: one.listener }, value: pick(one) }))
  const rejected = records.flatMap(({ source, signal, rejected }) =>
    Object.entries(rejected).map(([reason, value]) => ({
      labels: { source, signal, reason },
      value,
    })),
  )
  const refused = listeners.flatMap(({ listener, refused }) =>
    Object.entries(refused).map(([fault, value]) => ({ labels: { listener, fault }, value })),
  )
  return [
    counter(
      'ingest_requests_total',
      'Requests stored.',
      bySender((one) => one.requests),
    ),
    counter(
      'ingest_bytes_total',
      'Bytes stored, decompressed.',
      bySender((one) => one.bytes),
    ),
    counter(
      'ingest_records_total',
      'Records acknowledged.',
      bySender((one) => one.accepted),
    ),
    counter('ingest_rejected_records_total', 'Records rejected, by reason.', rejected),
    counter(
      'listener_requests_total',
      'Requests that came in.',
      byListener((one) => one.requests),
    ),
    counter('listener_refused_total', 'Requests refused, by fault.', refused),
    counter(
      'listener_abandoned_total',
      'Senders gone early.',
      byListener((one) => one.abandoned),
    ),
    counter(
      'listener_connections_refused_total',
      'Connections past the limit.',
      byListener((one) => one.connections_refused),
    ),
    gauge(
      'listener_connections',
      'Open connections.',
      byListener((one) => one.connections),
    ),
    gauge('ingest_in_flight_bytes', 'Bodies held in memory.', now.in_flight_bytes),
    gauge('ingest_in_flight_requests', 'Requests being answered.', now.in_flight_requests),
  ]
}

export function segmentsFigures(stats: SegmentsStats): (Family | HistogramFamily)[] {
  const refused = [
    { labels: { fault: 'ingest_busy' }, value: stats.batches_refused_busy },
    { labels: { fault: 'ingest_unavailable' }, value: stats.batches_refused_unavailable },
  ]
  return [
    counter('segments_batches_total', 'Batches made durable.', stats.batches),
    counter('segments_rows_total', 'Rows made durable.', stats.rows),
    counter('segments_bytes_total', 'Row bytes made durable.', stats.bytes),
    counter('segments_groups_total', 'Group commits, each one fdatasync.', stats.groups),
    counter('segments_refused_batches_total', 'Batches refused, by fault.', refused),
    counter(
      'segments_failed_batches_total',
      'Batches the disk did not take.',
      stats.batches_failed,
    ),
    counter('segments_disk_errors_total', 'Writes and syncs that failed.', stats.disk_errors),
    counter(
      'segments_replayed_total',
      'Left-over segments found at start.',
      stats.segments_replayed,
    ),
    gauge('segments_waiting', 'Sealed segments that wait for the store.', stats.segments_waiting),
    gauge('segments_buffered_bytes', 'Bytes not yet in the store.', stats.bytes_buffered),
    gauge('segments_disk_full', '1 while ingest is refused for want of disk.', stats.disk_full),
    gauge('segments_disk_used_ratio', 'How full the disk is.', stats.disk_used_ratio),
    seconds('segments_ack_seconds', 'From append to durable.', stats.ack),
  ]
}

export function writerFigures(stats: WriterStats): (Family | HistogramFamily)[] {
  const lost = Object.entries(stats.lost)
  const byReason = (key: 'rows' | 'segments') =>
    lost.map(([reason, loss]) => ({ labels: { reason }, value: loss[key] }))
  return [
    counter('writer_segments_total', 'Segments inserted.', stats.segments),
    counter('writer_rows_total', 'Rows inserted.', stats.rows),
    counter('writer_bytes_total', 'Row bytes inserted.', stats.bytes),
    counter('writer_retries_total', 'Inserts tried again.', stats.retries),
    counter('writer_lost_rows_total', 'Acknowledged rows set aside, by reason.', byReason('rows')),
    counter('writer_lost_segments_total', 'Segments with such rows.', byReason('segments')),
    counter('writer_torn_tails_total', 'Unacknowledged ends cut off at replay.', stats.torn_tails),
    seconds('writer_insert_seconds', 'One insert into the store.', stats.insert),
    seconds('writer_visible_seconds', 'From append until rows can be asked for.', stats.visible),
  ]
}

export function storeFigures(health: StoreHealth): Family[] {
  return [
    gauge('store_up', '1 while the store answers.', health.ready ? 1 : 0),
    counter('store_restarts_total', 'Times the engine was started again.', health.restarts),
    gauge('store_disk_bytes', 'Bytes of telemetry on disk.', health.disk_bytes),
    gauge('store_disk_free_bytes', 'Bytes free on that disk.', health.disk_free_bytes),
  ]
}

function counter(name: string, help: string, samples: readonly Sample[] | number): Family {
  return { name: `crowsnest_${name}`, help, type: 'counter', samples: listed(samples) }
}

function gauge(name: string, help: string, samples: readonly Sample[] | number): Family {
  return { name: `crowsnest_${name}`, help, type: 'gauge', samples: listed(samples) }
}

function seconds(
  name: string,
  help: string,
  histogram: HistogramFamily['histogram'],
): HistogramFamily {
  return { name: `crowsnest_${name}`, help, type: 'histogram', histogram }
}

function listed(samples: readonly Sample[] | number): readonly Sample[] {
  return typeof samples === 'number' ? [{ value: samples }] : samples
}
