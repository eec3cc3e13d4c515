/** How much one run may do: steps (loops and calls), work (characters and items), and sizes. */
import { PainlessFailure } from './problem.ts'

export const steps_max = 100_000
/** Characters and items read or written by methods: some 100 ms of one core. */
export const work_max = 50_000_000
export const built_chars_max = 1_048_576
export const built_items_max = 100_000
export const call_depth_max = 150
export const matching_ms_max = 500

export class Meter {
  /** A list, a map or a box was put in a container: the document is made plain after the run. */
  untidy = false
  depth = 0
  readonly now: () => number
  private readonly clock: () => number
  private watchedSince = -1
  private stepsLeft = steps_max
  private workLeft = work_max

  constructor(now: () => number, clock: () => number) {
    this.now = now
    this.clock = clock
  }

  /** Before each of many matches: their time cannot be told beforehand. */
  watch(): void {
    const ms = this.clock()
    if (this.watchedSince < 0) this.watchedSince = ms
    else if (ms - this.watchedSince > matching_ms_max) exceeded(`${matching_ms_max} ms of matching`)
  }

  step(): void {
    this.stepsLeft -= 1
    if (this.stepsLeft < 0) exceeded(`${steps_max} steps (loops and calls)`)
  }

  work(amount: number): void {
    this.workLeft -= amount
    if (this.workLeft < 0) exceeded(`${work_max} characters and items of work`)
  }

  /** A string that grew. */
  text(text: string): string {
    if (text.length > built_chars_max) exceeded(`a string of ${built_chars_max} characters`)
    this.work(text.length >> 4)
    return text
  }

  /** The size that a list, map or set is about to have. */
  items(size: number): void {
    if (size > built_items_max) exceeded(`${built_items_max} items in one list or map`)
  }

  enter(): void {
    this.step()
    this.depth += 1
    if (this.depth > call_depth_max) exceeded(`${call_depth_max} calls inside each other`)
  }
}

export function exceeded(what: string): never {
  throw new PainlessFailure('script_exception', `the script exceeded ${what}`, true)
}
