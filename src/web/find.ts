/** Finds services, workloads, pods and nodes by name, and a trace by its id, for the palette. */
import { findEntities } from '../pages/shell/contract.ts'
import { askOnce } from '../ui/ask/ask.ts'
import { entityAddress } from '../ui/entity/paths.ts'
import { t } from '../ui/i18n/translate.ts'
import type { Command } from '../ui/keys/commands.ts'
import { go, href } from '../ui/url/location.ts'

const day_ms = 86400e3

export async function findThings(typed: string, signal: AbortSignal): Promise<Command[]> {
  if (/^[0-9a-f]{32}$/i.test(typed)) return [entityCommand('trace', typed.toLowerCase())]
  const to_ms = Math.ceil(Date.now() / day_ms) * day_ms
  const ask = { from_ms: to_ms - 2 * day_ms, to_ms, typed: typed.slice(0, 200) }
  const found = await askOnce(findEntities, ask, signal)
  return found.name.map((name, at) => entityCommand(found.kind[at] ?? 'service', name))
}

function entityCommand(kind: Parameters<typeof entityAddress>[0], name: string): Command {
  const { path, query } = entityAddress(kind, name)
  return {
    id: `${kind} ${name}`,
    title: name,
    group: t(`ui.entity.${kind}`),
    act: () => go(href(path, query)),
  }
}
