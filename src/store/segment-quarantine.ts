/**
 * Where segments go of which something was lost: the file as it is, and beside it why. Nothing
 * in it is read again by itself; inserting it later is safe, because tokens come from the
 * segment's id.
 */
import { basename } from 'node:path'
import type { Lost } from './segment-blocks.ts'
import type { SegmentFiles } from './segment-files.ts'
import type { SealedSegment } from './segment-log.ts'
import type { StoreLog } from './store.ts'

type QuarantineConfig = { dir: string; quarantine_bytes_max: number }
type QuarantineContext = { files: SegmentFiles; log: StoreLog; now_ms: () => number }

export class Quarantine {
  readonly #dir: string
  readonly #bytesMax: number
  readonly #context: QuarantineContext

  constructor(config: QuarantineConfig, context: QuarantineContext) {
    this.#dir = `${config.dir}/quarantine`
    this.#bytesMax = config.quarantine_bytes_max
    this.#context = context
  }

  async take(segment: SealedSegment, lost: readonly Lost[]): Promise<void> {
    const { files, log, now_ms } = this.#context
    await files.makeDir(this.#dir)
    await this.#makeRoom(segment.bytes)
    const path = `${this.#dir}/${basename(segment.path)}`
    const note = { segment: segment.id, time: new Date(now_ms()).toISOString(), lost }
    const text = `${JSON.stringify(note, undefined, 2)}\n`
    await files.write(`${path}.json`, text).catch(() => undefined)
    await files.rename(segment.path, path).catch((error: NodeJS.ErrnoException) => {
      // Somebody removed it: the loss is counted all the same, and the others go on.
      if (error.code !== 'ENOENT') throw error
    })
    await files.syncDir(this.#dir).catch(() => undefined)
    const rows = lost.reduce((sum, one) => sum + one.loss.rows, 0)
    const reasons = [...new Set(lost.map((one) => one.reason))]
    log.error({ path, rows, reasons }, 'acknowledged rows were lost: the segment is in quarantine')
  }

  /** The oldest go first: what broke last is what somebody is looking at. */
  async #makeRoom(bytes: number): Promise<void> {
    const { files, log } = this.#context
    const kept = (await files.list(this.#dir)).sort((a, b) => (a.name < b.name ? -1 : 1))
    let total = kept.reduce((sum, file) => sum + file.bytes, bytes)
    for (const file of kept) {
      if (total <= this.#bytesMax) return
      await files.remove(`${this.#dir}/${file.name}`)
      total -= file.bytes
      log.warn({ file: file.name, bytes: file.bytes }, 'removed from the quarantine, which is full')
    }
  }
}
