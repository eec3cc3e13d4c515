/**
 * A Grafana dashboard as one of ours, from an export, an API answer or a file, of any version since
 * rows had spans. Pure; what was not taken is in the report, never silently lost.
 */
import { type Dashboard, dashboardSchema, panels_max, refreshes } from '../contract.ts'
import { panelOf } from './panels.ts'
import { placesOf } from './places.ts'
import { type Json, objectOf, objectsOf, textOf } from './read.ts'
import type { ImportReport, Note, PanelReport } from './report.ts'
import { sourcesOf } from './sources.ts'
import { variablesOf } from './variables.ts'

export type Imported = { dashboard: Dashboard; report: ImportReport }

/** Undefined when it is no dashboard of Grafana's. */
export function importGrafana(given: unknown): Imported | undefined {
  const outer = objectOf(given)
  const source = objectOf(outer.dashboard ?? outer.spec ?? given)
  if (!Array.isArray(source.panels) && !Array.isArray(source.rows)) return undefined
  const sources = sourcesOf(source)
  const reports: PanelReport[] = []
  const ids = new Set<string>()
  const panels = placesOf(source).flatMap(({ panel: one, at, isFolded }) => {
    const { panel, report } = panelOf(one, sources)
    // Rows are order, not content: they count in no figure.
    if (one.type !== 'row') reports.push(report)
    return panel === undefined ? [] : [{ ...panel, id: idOf(one, ids), at, is_folded: isFolded }]
  })
  const { variables, notes: variableNotes } = variablesOf(source, sources)
  const notes: Note[] = [...variableNotes, ...annotationNotes(source)]
  if (panels.length > panels_max) {
    notes.push({ code: 'panels_max', detail: String(panels.length - panels_max) })
  }
  const dashboard = dashboardSchema.parse({
    format: 1,
    title: (textOf(source.title) || 'Dashboard').slice(0, 256),
    description: textOf(source.description).slice(0, 8192),
    tags: tagsOf(source),
    time: timeOf(source),
    refresh: refreshOf(textOf(source.refresh)),
    variables,
    panels: panels.slice(0, panels_max),
  })
  return { dashboard, report: { panels: reports, notes } }
}

function idOf(panel: Json, taken: Set<string>): string {
  const wanted = `p${String(panel.id ?? '').replace(/\W/g, '')}`
  let id = wanted === 'p' ? 'p0' : wanted.slice(0, 30)
  for (let number = 1; taken.has(id); number += 1) id = `${wanted.slice(0, 30)}_${number}`
  taken.add(id)
  return id
}

function tagsOf(source: Json): string[] {
  const tags = Array.isArray(source.tags) ? source.tags : []
  const texts = tags.filter((tag): tag is string => typeof tag === 'string' && tag !== '')
  return [...new Set(texts.map((tag) => tag.slice(0, 64)))].slice(0, 32)
}

function timeOf(source: Json): Dashboard['time'] {
  const { from, to } = objectOf(source.time)
  const isKnown = (text: string) => /^now(-\d+[smhdwMy])?(\/[smhdwMy])?$/.test(text)
  const [begin, end] = [textOf(from), textOf(to)]
  if (!isKnown(begin) || !isKnown(end)) return { from: 'now-1h', to: 'now' }
  return { from: begin, to: end }
}

function refreshOf(text: string): Dashboard['refresh'] {
  const known = refreshes.find((one) => one === text)
  if (known !== undefined) return known
  return /^\d+[smhd]$/.test(text) ? '1m' : ''
}

function annotationNotes(source: Json): Note[] {
  const own = objectsOf(objectOf(source.annotations).list).filter((one) => one.builtIn !== 1)
  if (own.length === 0) return []
  return [{ code: 'annotations', detail: own.map((one) => textOf(one.name)).join(', ') }]
}
