/** What a suite is given and gives back; the list of them is in main.ts. */

export type SuiteOptions = {
  /** A directory of its own, removed afterwards. */
  dir: string
  /** Undefined where the suite has a number of its own. */
  rows: number | undefined
  /** How long the series of the suite of PromQL are. */
  hours?: number | undefined
  seconds: number
  say: (text: string) => void
}

/**
 * One line of the table: what was measured, its value with the unit, and its target if it has one.
 */
export type Figure = {
  name: string
  value: number
  unit: string
  target?: { at_least: number } | { at_most: number }
  details?: Record<string, unknown>
}

export type Suite = {
  name: string
  about: string
  run: (options: SuiteOptions) => Promise<Figure[]>
}
