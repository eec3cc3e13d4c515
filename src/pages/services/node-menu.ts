/** Where a node of the map leads: the same places from its context menu and its drawer. */
import { t } from '../../ui/i18n/translate.ts'
import type { MenuItem } from '../../ui/parts/Menu.tsx'
import { quoted } from '../../ui/search/edit.ts'
import { href } from '../../ui/url/location.ts'
import type { MapNode } from './prepare.ts'

export function nodeMenu(node: MapNode): MenuItem[] {
  if (node.kind === 'user') return [{ label: t('services.traces'), to: href('/traces') }]
  const field = node.kind === 'service' ? 'service' : 'peer_service'
  const search = `${field}:${quoted(node.name)}`
  const traces = [
    { label: t('services.traces'), to: href('/traces', { search }) },
    { label: t('services.failing'), to: href('/traces', { search: `${search} status:error` }) },
  ]
  if (node.kind !== 'service') return traces
  return [
    { label: t('services.open'), to: href(servicePath(node.name)) },
    ...traces,
    { label: t('services.logs'), to: href('/logs', { search }) },
  ]
}

export function servicePath(service: string): string {
  return `/services/${encodeURIComponent(service)}`
}
