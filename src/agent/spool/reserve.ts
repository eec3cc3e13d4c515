/**
 * A little of the disk that is held back: on a full disk the spool gets room by deleting files, and
 * before it may delete it must write down what they proved.
 */
import type { Disk } from './disk.ts'

const reserve_bytes = 512 * 1024

export class Reserve {
  readonly #path: string
  readonly #disk: Disk
  #isThere = false

  constructor(path: string, disk: Disk) {
    this.#path = path
    this.#disk = disk
  }

  async take(): Promise<void> {
    if (this.#isThere) return
    try {
      await this.#disk.replace(this.#path, Buffer.alloc(reserve_bytes, 0x2e))
      this.#isThere = true
    } catch {
      await this.#disk.remove(`${this.#path}.new`).catch(() => undefined)
    }
  }

  /** Runs the work again with the held room when it failed without. */
  async lend(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch {
      await this.#disk.remove(this.#path).catch(() => undefined)
      this.#isThere = false
      await work()
    }
  }
}
