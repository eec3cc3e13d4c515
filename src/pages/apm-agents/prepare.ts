/** What the page draws of agents' settings: who has them, and rows of a form. Asks nobody. */
import type { AgentConfigShown, AskingShown } from './contract.ts'

export type Applied = {
  /** Services that were given these settings, and how many of them said that they have them. */
  asked: number
  applied: number
}

export function appliedOf(config: AgentConfigShown, asking: readonly AskingShown[]): Applied {
  const given = asking.filter((one) => one.config === config.name)
  return { asked: given.length, applied: given.filter((one) => one.applied_ms > 0).length }
}

export function settingsText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .join(' · ')
}

/** A line of the form. */
export type SettingRow = { id: number; key: string; value: string }

export function rowsOf(settings: Readonly<Record<string, string>>): SettingRow[] {
  return Object.entries(settings).map(([key, value], id) => ({ id, key, value }))
}

/** Lines without a key or a value say nothing; of two with one key the last counts. */
export function settingsOf(rows: readonly SettingRow[]): Record<string, string> {
  const entries = rows
    .map(({ key, value }) => [key.trim(), value.trim()] as const)
    .filter(([key, value]) => key !== '' && value !== '')
  return Object.fromEntries(entries)
}
