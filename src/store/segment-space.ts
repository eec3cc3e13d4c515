/**
 * Watches the free space of the disk that holds the segments. The engine needs room for merges, so
 * appends stop before the disk is full and go on by themselves when there is room again.
 */
import type { SegmentFiles } from './segment-files.ts'
import type { StoreLog } from './store.ts'

type SpaceConfig = {
  dir: string
  disk_used_ratio_max: number
  free_bytes_enough: number
  disk_check_ms: number
}
type SpaceContext = { files: SegmentFiles; log: StoreLog; now_ms: () => number }

export class SpaceWatch {
  isFull = false
  usedRatio = 0
  readonly #config: SpaceConfig
  readonly #context: SpaceContext
  #next_ms = 0
  #isLooking = false

  constructor(config: SpaceConfig, context: SpaceContext) {
    this.#config = config
    this.#context = context
  }

  lookSoon(): void {
    this.#next_ms = 0
  }

  says(): string {
    return `${Math.round(this.usedRatio * 100)} % of the disk is used`
  }

  async look(): Promise<void> {
    const now = this.#context.now_ms()
    if (this.#isLooking || now < this.#next_ms) return
    this.#next_ms = now + this.#config.disk_check_ms
    this.#isLooking = true
    try {
      const { dir, disk_used_ratio_max, free_bytes_enough } = this.#config
      const space = await this.#context.files.space(dir)
      const isFull = space.usedRatio >= disk_used_ratio_max && space.free_bytes < free_bytes_enough
      this.usedRatio = space.usedRatio
      if (isFull !== this.isFull) this.#turn(isFull, space.free_bytes)
    } catch (error) {
      this.#context.log.warn({ error: (error as Error).message }, 'free space cannot be read')
    } finally {
      this.#isLooking = false
    }
  }

  #turn(isFull: boolean, free_bytes: number): void {
    this.isFull = isFull
    const details = { disk_used_ratio: this.usedRatio, free_bytes }
    const { log } = this.#context
    if (isFull) log.error(details, 'the disk is nearly full: ingest is refused')
    else log.info(details, 'the disk has room again: ingest goes on')
  }
}
