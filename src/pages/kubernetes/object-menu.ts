/** Where one can go from an object: its page, logs, traces, events, changes, node and workload. */
import { t } from '../../ui/i18n/translate.ts'
import { searchFor } from '../../ui/search/edit.ts'
import { href } from '../../ui/url/location.ts'
import { objectPath } from './object-path.ts'
import type { ObjectRow } from './prepare.ts'

export type Way = { label: string; to: string }

export function waysFrom(row: ObjectRow): Way[] {
  const { cluster, kind, namespace, name, uid } = row
  const here = { cluster, ...(namespace === '' ? {} : { namespace }) }
  const at = (path: string, search: string) => href(path, { ...here, search })
  const own = telemetryOf(row)
  const ways = [
    { label: t('kubernetes.open'), to: href(objectPath(kind, namespace, name), { cluster }) },
    ...(own === undefined
      ? []
      : [
          { label: t('kubernetes.to.logs'), to: at('/logs', own) },
          { label: t('kubernetes.to.traces'), to: at('/traces', own) },
        ]),
    { label: t('kubernetes.to.events'), to: at('/kubernetes/events', eventsOf(row)) },
    {
      label: t('kubernetes.to.changes'),
      to: at('/kubernetes/changes', uid === '' ? searchFor('name', name) : searchFor('uid', uid)),
    },
  ]
  if (kind === 'Pod' && row.node !== '') {
    const to = href(objectPath('Node', '', row.node), { cluster })
    ways.push({ label: t('kubernetes.to.node'), to })
  }
  if (kind === 'Pod' && row.workload !== '') {
    const to = href(objectPath(row.workload_kind, namespace, row.workload), { cluster })
    ways.push({ label: t('kubernetes.to.workload'), to })
  }
  return ways
}

/** What its records are found by: a pod by its uid, so that its namesakes stay out. */
function telemetryOf({ kind, name, uid, workload, workload_kind }: ObjectRow): string | undefined {
  if (kind === 'Pod') return searchFor('kubernetes.pod.uid', uid)
  if (kind === 'Node') return searchFor('node', name)
  if (kind === 'Namespace') return searchFor('namespace', name)
  if (kind === workload_kind && workload !== '') return searchFor('workload', workload)
  return undefined
}

function eventsOf({ kind, name, workload, workload_kind }: ObjectRow): string {
  if (kind === 'Node') return searchFor('node', name)
  if (kind === 'Namespace') return searchFor('namespace', name)
  if (kind === workload_kind && workload !== '') return searchFor('workload', workload)
  return `${searchFor('kind', kind)} ${searchFor('name', name)}`
}
