/** The lists of Kubernetes objects: search, columns, and for pods and nodes the waffle. */
import { useAsk } from '../../ui/ask/ask.ts'
import { exact } from '../../ui/format/figures.ts'
import { absolute } from '../../ui/format/moment.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useNow, useRange, useRangeAsk } from '../../ui/range/range.ts'
import { DidYouMean } from '../../ui/search/DidYouMean.tsx'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { oneOf, type PatchOf, text, type ValuesOf } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { columnsOf } from './columns.tsx'
import { type ListName, type ObjectList, objectList } from './contract.ts'
import { KubernetesNav } from './KubernetesNav.tsx'
import { KubernetesSearch } from './KubernetesSearch.tsx'
import { ObjectDrawer } from './ObjectDrawer.tsx'
import { waysFrom } from './object-menu.ts'
import { type ObjectRow, objectRows } from './prepare.ts'
import { waffleColors, waffleGroups } from './prepare-waffle.ts'
import { WafflePanel } from './WafflePanel.tsx'

const shape = {
  search: text(''),
  view: oneOf(['list', 'waffle'] as const, 'list'),
  color: oneOf(waffleColors, 'health'),
  group: oneOf([...waffleGroups, 'own'] as const, 'own'),
  open: text(''),
}
export type ObjectsUrl = ValuesOf<typeof shape>
export type SetObjectsUrl = (patch: PatchOf<typeof shape>) => void

export const NodesPage = () => <ObjectsPage list="nodes" />
export const NamespacesPage = () => <ObjectsPage list="namespaces" />
export const WorkloadsPage = () => <ObjectsPage list="workloads" />
export const PodsPage = () => <ObjectsPage list="pods" />
export const ServicesPage = () => <ObjectsPage list="services" />
export const VolumesPage = () => <ObjectsPage list="volumes" />
export const JobsPage = () => <ObjectsPage list="jobs" />
export const AutoscalersPage = () => <ObjectsPage list="autoscalers" />

function ObjectsPage({ list }: { list: Exclude<ListName, 'troubled'> }) {
  const [url, setUrl] = useUrl(shape)
  const asked = useAsk(objectList, { ...useRangeAsk(), list, search: url.search })
  const run = (search: string) => setUrl({ search })
  const hasWaffle = list === 'pods' || list === 'nodes'
  return (
    <Page
      title={t(`kubernetes.${list}.title`)}
      question={t(`kubernetes.${list}.question`)}
      fill
      actions={hasWaffle ? <Views url={url} setUrl={setUrl} /> : undefined}
      search={
        <>
          <KubernetesNav />
          <KubernetesSearch
            table="kubernetes_current"
            list={list}
            search={url.search}
            onRun={run}
            fault={asked.fault}
          />
          <DidYouMean search={url.search} table="kubernetes_current" onRun={run} />
        </>
      }
    >
      <Panel
        title={titleOf(list, asked.answer)}
        question={<AtMoment at_ms={asked.answer?.at_ms ?? 0} />}
        asked={asked}
        is_empty={(answer) => answer.total === 0}
        empty={emptyOf(url.search)}
        capped={(answer) => ({ shown: answer.name.length, all: answer.total })}
        flush
        grow
      >
        {(answer) => <Body list={list} answer={answer} url={url} setUrl={setUrl} />}
      </Panel>
    </Page>
  )
}

function titleOf(list: ListName, answer: ObjectList | undefined): string {
  const title = t(`kubernetes.${list}.title`)
  return answer === undefined ? title : `${title} · ${exact(answer.total, language())}`
}

/** Lists of the past say so: what is shown was alive at the end of the range. */
function AtMoment({ at_ms }: { at_ms: number }) {
  const { utc } = useRange()
  return at_ms === 0 ? null : t('kubernetes.at', { time: absolute(at_ms, { utc }) })
}

function emptyOf(search: string) {
  return search === ''
    ? { title: t('kubernetes.none'), do: t('kubernetes.none.do') }
    : { title: t('kubernetes.none_found'), do: t('kubernetes.none_found.do') }
}

type ViewProps = { url: ObjectsUrl; setUrl: SetObjectsUrl }

function Views({ url, setUrl }: ViewProps) {
  const choices = (['list', 'waffle'] as const).map((value) => ({
    value,
    label: t(`kubernetes.view.${value}`),
  }))
  return (
    <Segments
      label={t('kubernetes.view')}
      value={url.view}
      choices={choices}
      onChange={(view) => setUrl({ view: view === 'waffle' ? 'waffle' : 'list' })}
    />
  )
}

type BodyProps = ViewProps & { list: Exclude<ListName, 'troubled'>; answer: ObjectList }

function Body({ list, answer, url, setUrl }: BodyProps) {
  const rows = objectRows(answer)
  const open = rows.find((row) => row.id === url.open)
  const onOpen = (row: ObjectRow) => setUrl({ open: row.id })
  const isWaffle = url.view === 'waffle' && (list === 'pods' || list === 'nodes')
  return (
    <>
      {isWaffle ? (
        <WafflePanel list={list} rows={rows} url={url} setUrl={setUrl} onOpen={onOpen} />
      ) : (
        <ObjectsTable list={list} rows={rows} open={url.open} onOpen={onOpen} />
      )}
      <ObjectDrawer row={open} onClose={() => setUrl({ open: '' })} />
    </>
  )
}

type ObjectsTableProps = {
  list: ListName
  rows: ObjectRow[]
  open: string
  onOpen: (row: ObjectRow) => void
  height?: number | undefined
}

export function ObjectsTable({ list, rows, open, onOpen, height }: ObjectsTableProps) {
  const is_phone = useIsPhone()
  const now_ms = useNow()
  const has_clusters = new Set(rows.map((row) => row.cluster)).size > 1
  return (
    <DataTable
      label={t(`kubernetes.${list}.title`)}
      rows={rows}
      columns={columnsOf(list, { now_ms, has_clusters, is_phone })}
      row_id={(row) => row.id}
      row_tone={({ health }) => (health === 'bad' || health === 'warn' ? health : undefined)}
      selected={open}
      onOpen={onOpen}
      menu={waysFrom}
      height={height}
    />
  )
}
