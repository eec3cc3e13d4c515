/** Which pipelines the index templates that clients put name for an index. */

import { isLike } from '../model/filter-path.ts'
import type { NamedObject } from '../model/named-objects.ts'

export type IndexSettings = {
  matches: (index: string) => boolean
  priority: number
  default_pipeline: string | undefined
  final_pipeline: string | undefined
}

/** From composable and legacy templates; those that name no pipeline are left out. */
export function indexSettings(
  composable: readonly NamedObject[],
  legacy: readonly NamedObject[],
): IndexSettings[] {
  const all = [
    ...composable.map(({ body }) =>
      read(body, 'priority', member(member(body, 'template'), 'settings')),
    ),
    ...legacy.map(({ body }) => read(body, 'order', member(body, 'settings'))),
  ]
  return all
    .filter((one) => one.default_pipeline !== undefined || one.final_pipeline !== undefined)
    .sort((a, b) => b.priority - a.priority)
}

/** Of the templates that match the one with the highest priority counts, for each setting. */
export function settingsOf(all: readonly IndexSettings[], index: string) {
  const own = all.filter(({ matches }) => matches(index))
  return {
    default_pipeline: own.find((one) => one.default_pipeline !== undefined)?.default_pipeline,
    final_pipeline: own.find((one) => one.final_pipeline !== undefined)?.final_pipeline,
  }
}

function read(body: unknown, rank: string, settings: unknown): IndexSettings {
  const patterns = [member(body, 'index_patterns')].flat().filter(isText)
  const priority = member(body, rank)
  return {
    matches: (index) => patterns.some((pattern) => isLike(pattern.slice(0, 512), index)),
    priority: typeof priority === 'number' ? priority : 0,
    default_pipeline: setting(settings, 'default_pipeline'),
    final_pipeline: setting(settings, 'final_pipeline'),
  }
}

/** `index.default_pipeline`, dotted or nested, with or without `index`. */
function setting(settings: unknown, name: string): string | undefined {
  const found = [
    member(settings, name),
    member(settings, `index.${name}`),
    member(member(settings, 'index'), name),
  ]
  return found.find(isText)
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Record<string, unknown>)[name]
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
