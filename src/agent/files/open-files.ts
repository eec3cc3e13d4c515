/** Keeps the number of open files bounded: the one not used for longest is closed first. */
import { closeSync } from 'node:fs'

export type Openable = {
  fd: number
  /** Nothing is left to read in it now: closing it loses nothing if it is deleted meanwhile. */
  readonly isRead: boolean
}

/** How many of the eldest are looked at for one that is read to its end. */
const looked_at_max = 32

export class OpenFiles {
  readonly #files = new Set<Openable>()
  readonly #files_max: number

  constructor(files_max: number) {
    this.#files_max = files_max
  }

  get count(): number {
    return this.#files.size
  }

  add(file: Openable, fd: number): void {
    file.fd = fd
    this.#files.add(file)
    while (this.#files.size > this.#files_max) this.close(this.#eldest(file))
  }

  /** It was used: others go before it. */
  touch(file: Openable): void {
    this.#files.delete(file)
    this.#files.add(file)
  }

  close(file: Openable): void {
    if (!this.#files.delete(file)) return
    closeSync(file.fd)
    file.fd = -1
  }

  closeAll(): void {
    for (const file of [...this.#files]) this.close(file)
  }

  #eldest(except: Openable): Openable {
    let first: Openable | undefined
    let looked = 0
    for (const file of this.#files) {
      if (file === except) continue
      first ??= file
      if (file.isRead) return file
      if (++looked === looked_at_max) break
    }
    return first ?? except
  }
}
