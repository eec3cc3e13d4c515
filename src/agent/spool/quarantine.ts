/** Chunks that cannot be sent, kept for people to look at; the oldest go when there are many. */
import type { Logger } from 'pino'
import type { Disk } from './disk.ts'

const files_max = 256

export class Quarantine {
  bytes = 0
  readonly #dir: string
  readonly #disk: Disk
  readonly #log: Logger
  readonly #bytes_max: number
  readonly #files: { path: string; bytes: number }[] = []

  constructor(dir: string, bytes_max: number, disk: Disk, log: Logger) {
    this.#dir = dir
    this.#disk = disk
    this.#log = log
    this.#bytes_max = bytes_max
  }

  async open(): Promise<void> {
    await this.#disk.makeDir(this.#dir)
    for (const name of await this.#disk.list(this.#dir)) {
      const path = `${this.#dir}/${name}`
      const bytes = (await this.#disk.read(path)).length
      this.#add(path, bytes)
    }
    await this.#trim()
  }

  async keep(name: string, body: Uint8Array): Promise<void> {
    const path = `${this.#dir}/${name.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 200)}`
    this.#log.error({ path, bytes: body.length }, 'a chunk was put aside: it cannot be sent')
    if (body.length > this.#bytes_max) return
    try {
      await this.#disk.replace(path, body)
      this.#add(path, body.length)
      await this.#trim()
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'the chunk could not be put aside')
    }
  }

  #add(path: string, bytes: number): void {
    this.#files.push({ path, bytes })
    this.bytes += bytes
  }

  async #trim(): Promise<void> {
    while (this.bytes > this.#bytes_max || this.#files.length > files_max) {
      const oldest = this.#files.shift()!
      this.bytes -= oldest.bytes
      await this.#disk.remove(oldest.path).catch(() => undefined)
    }
  }
}
