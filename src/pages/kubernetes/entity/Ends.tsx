/** How containers ended in the range, each with a way to the last lines that it wrote. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Instant } from '../../../ui/parts/Figures.tsx'
import { useIsPhone } from '../../../ui/phone.ts'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import { type ContainerEnds, containerEnds } from '../contract-entity-history.ts'
import { ObjectLink } from '../ObjectLink.tsx'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { lastLines } from './prepare-last-lines.ts'

type EndRow = {
  id: string
  time_ms: number
  cluster: string
  namespace: string
  pod: string
  uid: string
  container: string
  reason: string
  exit_code: number
}

export function Ends({ asks }: { asks: EntityScope }) {
  const asked = useAsk(containerEnds, asks)
  const isPhone = useIsPhone()
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('entity.no_ends'), do: t('entity.no_ends.do') }}
      capped={(answer) => ({ shown: answer.pod.length, all: answer.total })}
      flush
    >
      {(answer) => (
        <DataTable
          label={t('entity.tab.ends')}
          rows={rowsOf(answer)}
          columns={columns().filter(({ id }) => !isPhone || id !== 'pod')}
          row_id={(row) => row.id}
          height={Math.min(520, 34 + answer.pod.length * 28)}
        />
      )}
    </Panel>
  )
}

function rowsOf(ends: ContainerEnds): EndRow[] {
  return ends.time_ms.map((time_ms, at) => {
    const text = (column: readonly string[]) => column[at] ?? ''
    const [uid, container] = [text(ends.uid), text(ends.container)]
    return {
      id: `${time_ms} ${uid} ${container}`,
      time_ms,
      cluster: text(ends.cluster),
      namespace: text(ends.namespace),
      pod: text(ends.pod),
      uid,
      container,
      reason: text(ends.reason),
      exit_code: ends.exit_code[at] ?? 0,
    }
  })
}

function columns(): Column<EndRow>[] {
  return [
    {
      id: 'time',
      title: t('kubernetes.events.time'),
      width: 170,
      sort: (row) => row.time_ms,
      cell: (row) => <Instant time_ms={row.time_ms} ms={false} />,
    },
    {
      id: 'reason',
      title: t('kubernetes.events.reason'),
      width: 150,
      sort: (row) => row.reason,
      cell: (row) => (
        <span className={styles.bad}>
          {row.reason || t('entity.ended')} {row.exit_code}
        </span>
      ),
    },
    {
      id: 'pod',
      title: t('entity.pod'),
      width: '1fr',
      sort: (row) => row.pod,
      cell: ({ cluster, namespace, pod }) => (
        <ObjectLink kind="Pod" cluster={cluster} namespace={namespace} name={pod} />
      ),
    },
    {
      id: 'container',
      title: t('entity.container'),
      width: 150,
      sort: (row) => row.container,
      cell: (row) => row.container,
    },
    {
      id: 'lines',
      title: '',
      width: 120,
      cell: (row) => (
        <TextLink
          to="/logs"
          query={lastLines({ ...row, name: row.pod }, row.container, row.time_ms)}
        >
          {t('entity.last_lines')}
        </TextLink>
      ),
    },
  ]
}
