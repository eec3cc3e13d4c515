/** Lets a bounded number of jobs run at one time; the others wait in the order they came. */

export class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(running_max: number) {
    this.#free = running_max
  }

  async pass<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    try {
      return await run()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }
}
