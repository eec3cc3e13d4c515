/**
 * Remote write requests of many series for the benchmark of queries: encoded once, and every
 * scrape only puts its values and its time into them, so that making load is no load.
 */
import { encodeWrite } from '../wire/remote-write-proto.ts'
import { snappyEncode } from '../wire/snappy.ts'

const per_request = 2_000
const sample_bytes = 16

export const bounds = ['0.01', '0.1', '1', '10', '+Inf']

/** Half are counters of one metric; buckets and gauges share the other half. */
export function labelsOf(i: number): Record<string, string> {
  const own = {
    cluster: 'bench',
    instance: `10.1.${(i >> 8) & 255}.${i & 255}:8080`,
    job: 'cart',
    namespace: `shop-${i % 8}`,
    pod: `cart-7d4b9c8f6d-${i.toString(36).padStart(5, 'x')}`,
    route: `/api/v1/items/${i % 50}`,
    service: 'cart',
  }
  if (i % 2 === 0) return { __name__: 'http_requests_total', ...own }
  if (i % 4 === 1) {
    const le = bounds[Math.floor(i / 4) % bounds.length]!
    return { __name__: 'http_request_duration_seconds_bucket', ...own, le }
  }
  return { __name__: 'process_resident_memory_bytes', ...own }
}

function sampleOf(i: number, scrape: number): number {
  if (i % 2 === 0) return scrape * ((i % 37) + 1) + (i % 11)
  if (i % 4 === 1) return scrape * (1 + (Math.floor(i / 4) % bounds.length))
  return 50_000_000 + ((i * 7_919 + scrape * 104_729) % 1_000) * 4_096
}

export class SeriesLoad {
  readonly #templates: { bytes: Buffer; places: Uint32Array; first: number }[] = []

  constructor(series: number) {
    for (let first = 0; first < series; first += per_request) {
      const count = Math.min(per_request, series - first)
      this.#templates.push(templateOf(first, count))
    }
  }

  /** Compressed bodies of one scrape. */
  *bodies(scrape: number, time_ms: number): Generator<Uint8Array> {
    for (const { bytes, places, first } of this.#templates) {
      for (const [k, at] of places.entries()) {
        bytes.writeDoubleLE(sampleOf(first + k, scrape), at)
        writeTime(bytes, at + 9, time_ms)
      }
      yield snappyEncode(bytes)
    }
  }
}

/** The marks are found again behind the labels: a value and a time that have the final length. */
function templateOf(first: number, count: number) {
  const mark = 1.25e-300
  const timestamp = 1_700_000_000_000
  const timeseries = Array.from({ length: count }, (_, k) => ({
    labels: Object.entries(labelsOf(first + k)).map(([name, value]) => ({ name, value })),
    samples: [{ value: mark, timestamp }],
  }))
  const bytes = Buffer.from(encodeWrite('WriteRequest', { timeseries }))
  const wanted = Buffer.alloc(9)
  wanted[0] = 9
  wanted.writeDoubleLE(mark, 1)
  const places: number[] = []
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + sample_bytes)) {
    places.push(at + 1)
  }
  return { bytes, places: Uint32Array.from(places), first }
}

/** Six bytes hold every millisecond from 2004 to 2109. */
function writeTime(bytes: Buffer, at: number, time_ms: number): void {
  let rest = time_ms
  for (let i = 0; i < 6; i++) {
    bytes[at + i] = (rest % 128) + (i < 5 ? 128 : 0)
    rest = Math.floor(rest / 128)
  }
}
