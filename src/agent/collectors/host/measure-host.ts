/** One round of everything that is measured of a machine, as resources ready to be sent. */
import type { MeasuredResource } from '../../modules/encode-measures.ts'
import { Measures } from '../../modules/measures.ts'
import { CgroupReader } from './cgroups.ts'
import { readFilesystems } from './filesystems.ts'
import type { HostFiles } from './host-files.ts'
import { hostResource, type Named } from './identity.ts'
import { type SystemMetric, systemMetrics } from './metrics.ts'
import { ProcessReader } from './processes.ts'
import { bootTime_ms, SystemReader } from './system.ts'

export type HostParts = { metrics: boolean; processes: boolean }

export class HostMeasurer {
  readonly #files: HostFiles
  readonly #parts: HostParts
  readonly #agent: Named
  readonly #system = new SystemReader()
  readonly #cgroups = new CgroupReader()
  readonly #processes = new ProcessReader()

  constructor(files: HostFiles, parts: HostParts, agent: Named) {
    this.#files = files
    this.#parts = parts
    this.#agent = agent
  }

  async round(now_ms: number): Promise<MeasuredResource[]> {
    const files = this.#files
    files.startRound()
    const host = hostResource(files, this.#agent)
    const boot_ms = bootTime_ms(files, now_ms)
    const measures = new Measures<SystemMetric>(systemMetrics, boot_ms)
    if (this.#parts.metrics) {
      this.#system.read(files, measures)
      this.#cgroups.read(files, measures, now_ms)
      await readFilesystems(files, measures)
    }
    const processes = this.#parts.processes
      ? this.#processes.read(files, host, measures, { now_ms, boot_ms })
      : []
    return [{ attributes: host, measures }, ...processes]
  }
}
