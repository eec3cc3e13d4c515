/** What the fleet is given: its state, time, chance and secrets; it makes none of them itself. */
import type { Database } from '../state/schema.ts'

type Say = (details: Record<string, unknown>, message: string) => void

export type FleetContext = {
  db: Database
  /** Other servers change the state too. */
  shared: boolean
  now_ms: () => number
  /** From 0 to 1. */
  random: () => number
  log: Record<'info' | 'warn' | 'error', Say>
  secrets: {
    newId: () => string
    newSecret: () => string
    hashSecret: (secret: string) => string
  }
}
