/** What was taken from a Grafana dashboard and what was not, panel by panel, with the reasons. */
import type { PanelKind } from '../contract.ts'

/** Reasons; the texts of the page say them in words. */
export type NoteCode =
  | 'kind_unknown'
  | 'kind_near'
  | 'kind_none'
  | 'kept_elsewhere'
  | 'source_unknown'
  | 'source_internal'
  | 'target_empty'
  | 'elastic_index'
  | 'elastic_part'
  | 'transform'
  | 'override'
  | 'html'
  | 'second_axis'
  | 'expression'
  | 'variable_adhoc'
  | 'variable_source'
  | 'variable_query'
  | 'annotations'
  | 'panels_max'

export type Note = { code: NoteCode; detail: string }
export type Outcome = 'taken' | 'partly' | 'not'
export type PanelReport = {
  title: string
  type: string
  kind: PanelKind | undefined
  outcome: Outcome
  notes: Note[]
}
export type ImportReport = {
  panels: PanelReport[]
  /** Of the dashboard as a whole and of its variables. */
  notes: Note[]
}

/** Notes that cost nothing of what is shown. */
const harmless: readonly NoteCode[] = ['elastic_index', 'second_axis']

export function outcomeOf(kind: PanelKind | undefined, notes: readonly Note[]): Outcome {
  if (kind === undefined) return 'not'
  return notes.every(({ code }) => harmless.includes(code)) ? 'taken' : 'partly'
}
