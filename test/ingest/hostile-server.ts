/** The ingest room in a process of its own, so that a test can attack it and watch its memory. */
import { openRig } from './rig.ts'

export type HostileReport = {
  /** Listener to host:port. */
  addresses: Readonly<Record<string, string>>
  http: string
  grpc: string
  /** Records in the fake segments. */
  stored: number
  resident_bytes: number
  resident_bytes_max: number
  heap_bytes: number
  external_bytes: number
  in_flight_bytes: number
  logged: object[]
}

const rig = await openRig()
rig.segments.append = async (batch) => {
  if (process.env.FORGET === '1') return
  rig.segments.appended.push(...batch.map((part) => ({ ...part, bytes: new Uint8Array(0) })))
}

function report(): HostileReport {
  // What is garbage by now does not count; what stays does.
  globalThis.gc?.()
  return {
    addresses: Object.fromEntries(rig.listeners.bound.map(({ name, address }) => [name, address])),
    http: rig.address('otlp_http'),
    grpc: rig.address('otlp_grpc'),
    stored: rig.segments.count(),
    resident_bytes: process.memoryUsage.rss(),
    heap_bytes: process.memoryUsage().heapUsed,
    external_bytes: process.memoryUsage().external,
    resident_bytes_max: process.resourceUsage().maxRSS * 1024,
    in_flight_bytes: rig.listeners.stats().in_flight_bytes,
    logged: rig.logged,
  }
}

process.on('message', async () => {
  // Buffers outside of the heap are given back some time after what held them was collected.
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  process.send?.(report())
})
process.on('disconnect', () => process.exit())
process.send?.(report())
