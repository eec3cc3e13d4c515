/** All dashboards: those the product brings and one's own, found by name and tag. */
import { IconDots, IconFileImport, IconPlus, IconStar, IconStarFilled } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button, IconButton } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { Menu, type MenuItem } from '../../ui/parts/Menu.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useSession } from '../../ui/session.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { flag, oneOf, text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { dashboardAddress, dashboardPath } from './addresses.ts'
import type { DashboardShown } from './contract.ts'
import styles from './Dashboard.module.css'
import { ImportDrawer } from './editor/ImportDrawer.tsx'
import { deleteDashboard, starDashboard, useDashboards } from './requests.ts'

const shows = ['all', 'starred', 'own', 'shipped'] as const
const shape = { find: text(''), tag: text(''), show: oneOf(shows, 'all'), import: flag() }

export function DashboardsPage() {
  const [url, setUrl] = useUrl(shape)
  const asked = useDashboards()
  const isAdmin = useSession().data?.user?.role === 'admin'
  const isPhone = useIsPhone()
  const onTag = (tag: string) => setUrl({ tag: tag === url.tag ? '' : tag })
  return (
    <Page
      title={t('dashboards.title')}
      question={t('dashboards.list.question')}
      fill
      actions={isAdmin ? <Create onImport={() => setUrl({ import: true })} /> : undefined}
      search={
        <div className={styles.finding}>
          <TextInput
            label={t('dashboards.find')}
            quiet_label
            value={url.find}
            onChange={(find) => setUrl({ find }, { replace: true })}
          />
          <Segments
            label={t('dashboards.show')}
            value={url.show}
            choices={shows.map((value) => ({ value, label: t(`dashboards.show.${value}`) }))}
            onChange={(show) => setUrl({ show: show as (typeof shows)[number] })}
          />
          {url.tag === '' ? null : (
            <Button onClick={() => setUrl({ tag: '' })}>
              {t('dashboards.tag')}: {url.tag} ×
            </Button>
          )}
        </div>
      }
    >
      <Panel asked={asked} flush grow>
        {(all) => {
          const rows = found(all, url)
          if (rows.length === 0) return <NoneFound show={url.show} />
          return (
            <DataTable
              label={t('dashboards.title')}
              rows={rows}
              columns={columnsOf({ isAdmin, isPhone, onTag })}
              row_id={(row) => row.id}
              row_height={40}
              onOpen={(row) => go(dashboardAddress(row.id))}
            />
          )
        }}
      </Panel>
      <ImportDrawer open={url.import && isAdmin} onClose={() => setUrl({ import: false })} />
    </Page>
  )
}

function Create({ onImport }: { onImport: () => void }) {
  return (
    <>
      <Button icon={<IconFileImport />} onClick={onImport}>
        {t('dashboards.import')}
      </Button>
      <Button
        kind="primary"
        icon={<IconPlus />}
        onClick={() => go(href('/dashboards/new', { edit: true }))}
      >
        {t('dashboards.new')}
      </Button>
    </>
  )
}

type Wanted = { find: string; tag: string; show: (typeof shows)[number] }

/** Starred ones first, then by title. */
function found(all: readonly DashboardShown[], { find, tag, show }: Wanted): DashboardShown[] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean)
  return all
    .filter((one) => {
      const said = `${one.title} ${one.description} ${one.tags.join(' ')}`.toLowerCase()
      const isShown =
        show === 'all' ||
        (show === 'starred' ? one.is_starred : one.is_shipped === (show === 'shipped'))
      const isTagged = tag === '' || one.tags.includes(tag)
      return isShown && isTagged && words.every((word) => said.includes(word))
    })
    .sort((a, b) => Number(b.is_starred) - Number(a.is_starred) || a.title.localeCompare(b.title))
}

function NoneFound({ show }: { show: Wanted['show'] }) {
  if (show === 'starred') {
    return (
      <EmptyState title={t('dashboards.none.starred')}>
        {t('dashboards.none.starred.do')}
      </EmptyState>
    )
  }
  return <EmptyState title={t('dashboards.none')}>{t('dashboards.none.do')}</EmptyState>
}

type ColumnsOf = { isAdmin: boolean; isPhone: boolean; onTag: (tag: string) => void }

function columnsOf({ isAdmin, isPhone, onTag }: ColumnsOf): Column<DashboardShown>[] {
  const columns: Column<DashboardShown>[] = [
    { id: 'star', title: '', width: 40, cell: (row) => <StarCell row={row} /> },
    {
      id: 'title',
      title: t('dashboards.name'),
      width: '3fr',
      sort: (row) => row.title,
      cell: (row) => (
        <span className={styles.listed}>
          <TextLink className={styles.listedTitle} to={dashboardPath(row.id)}>
            {row.title}
          </TextLink>
          <span className={`${styles.quiet} ${styles.listedSays}`}>{row.description}</span>
        </span>
      ),
    },
  ]
  if (isPhone) return columns
  return [
    ...columns,
    {
      id: 'tags',
      title: t('dashboards.tags'),
      width: '1fr',
      cell: (row) => <Tags tags={row.tags} onTag={onTag} />,
    },
    {
      id: 'panels',
      title: t('dashboards.panels.title'),
      width: 80,
      align: 'end',
      sort: (row) => row.panels,
      cell: (row) => row.panels,
    },
    {
      id: 'updated',
      title: t('dashboards.updated'),
      width: 190,
      sort: (row) => row.updated_ms,
      cell: (row) =>
        row.is_shipped ? (
          <Badge>{t('dashboards.shipped')}</Badge>
        ) : (
          <span>
            <RelativeTime time_ms={row.updated_ms} /> · {row.updated_by}
          </span>
        ),
    },
    { id: 'menu', title: '', width: 44, cell: (row) => <RowMenu row={row} isAdmin={isAdmin} /> },
  ]
}

function StarCell({ row }: { row: DashboardShown }) {
  const { id, title, is_starred } = row
  return (
    <IconButton
      label={t(is_starred ? 'dashboards.unstar_one' : 'dashboards.star_one', { title })}
      pressed={is_starred}
      onClick={(event) => {
        event.stopPropagation()
        void starDashboard(id, !is_starred)
      }}
    >
      {is_starred ? <IconStarFilled className={styles.starred} /> : <IconStar />}
    </IconButton>
  )
}

function Tags({ tags, onTag }: { tags: readonly string[]; onTag: (tag: string) => void }) {
  return (
    <span className={styles.tags}>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          onClick={(event) => {
            event.stopPropagation()
            onTag(tag)
          }}
        >
          {tag}
        </button>
      ))}
    </span>
  )
}

function RowMenu({ row, isAdmin }: { row: DashboardShown; isAdmin: boolean }) {
  if (!isAdmin) return null
  const label = t('dashboards.row_menu', { title: row.title })
  const items: MenuItem[] = [
    { label: t('dashboards.copy'), to: href('/dashboards/new', { copy: row.id, edit: true }) },
    ...(row.is_shipped
      ? []
      : [
          { label: t('dashboards.edit'), to: dashboardAddress(row.id, { edit: true }) },
          {
            label: t('dashboards.delete'),
            danger: true,
            act: () => deleteDashboard(row),
          },
        ]),
  ]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps the row from opening.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the menu's own button takes the keys.
    <span onClick={(event) => event.stopPropagation()}>
      <Menu items={items} align="end" label={label}>
        <IconButton label={label}>
          <IconDots />
        </IconButton>
      </Menu>
    </span>
  )
}
