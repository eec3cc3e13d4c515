/** A dashboard on the screen: its head, variables and grid, and what opens beside them. */
import { lazy, Suspense, useEffect } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { useKeys } from '../../ui/keys/keys.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { EmptyState, Skeleton } from '../../ui/parts/EmptyState.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useSession } from '../../ui/session.ts'
import { flag, list, oneOf, text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { AddPanel } from './AddPanel.tsx'
import type { Dashboard, DashboardWhole } from './contract.ts'
import styles from './Dashboard.module.css'
import { DashboardHead } from './DashboardHead.tsx'
import { HistoryDrawer } from './editor/HistoryDrawer.tsx'
import { GridView } from './GridView.tsx'
import { PanelAlone } from './PanelAlone.tsx'
import { panelMenu } from './panel-menu.tsx'
import { useDraft } from './use-draft.ts'
import { useVariables } from './use-variables.ts'
import { VariablesBar } from './VariablesBar.tsx'

// Who only looks needs nothing of what edits.
const PanelEditor = lazy(async () => ({
  default: (await import('./editor/PanelEditor.tsx')).PanelEditor,
}))
const SettingsDrawer = lazy(async () => ({
  default: (await import('./editor/SettingsDrawer.tsx')).SettingsDrawer,
}))
const GridEdit = lazy(async () => ({ default: (await import('./GridEdit.tsx')).GridEdit }))

const shape = {
  edit: flag(),
  /** The panel that is looked at alone, or edited. */
  panel: text(''),
  open: oneOf(['', 'settings', 'history'], ''),
  turned: list(),
}
export type DashboardUrl = ReturnType<typeof useUrl<typeof shape>>[0]
export type SetDashboardUrl = ReturnType<typeof useUrl<typeof shape>>[1]

type OpenProps = { id: string; whole: DashboardWhole | undefined; saved: Dashboard }

export function OpenDashboard({ id, whole, saved }: OpenProps) {
  const [url, setUrl] = useUrl(shape)
  const isPhone = useIsPhone()
  const isAdmin = useSession().data?.user?.role === 'admin'
  const draft = useDraft(id, saved, whole?.version ?? 0)
  const { dashboard } = draft
  const variables = useVariables(dashboard.variables)
  const { chosens, is_ready } = variables
  const isEditing = url.edit && isAdmin && whole?.is_shipped !== true
  useOwnTime(saved)
  const panel = dashboard.panels.find((one) => one.id === url.panel)
  const edit = () => {
    if (whole?.is_shipped === true) go(href('/dashboards/new', { copy: id, edit: true }))
    else setUrl({ edit: true })
  }
  useKeys([
    ...(isAdmin && !isEditing ? [{ keys: 'e', says: t('dashboards.edit'), act: edit }] : []),
    ...(panel === undefined
      ? []
      : [{ keys: 'esc', says: t('dashboards.back'), act: () => setUrl({ panel: '' }) }]),
  ])
  const menu = panelMenu({ draft, isEditing, isAdmin, setUrl, edit })
  const head = <DashboardHead {...{ id, whole, draft, isEditing, isAdmin, setUrl, edit }} />
  return (
    <Page
      title={dashboard.title}
      question={dashboard.description}
      actions={head}
      search={<VariablesBar variables={variables.all} />}
    >
      <Suspense fallback={<Skeleton height={420} />}>
        {panel !== undefined && isEditing ? (
          <PanelEditor key={panel.id} {...{ panel, draft, chosens, is_ready, setUrl }} />
        ) : panel !== undefined ? (
          <PanelAlone {...{ panel, chosens, is_ready }} onBack={() => setUrl({ panel: '' })} />
        ) : dashboard.panels.length === 0 ? (
          <Nothing isEditing={isEditing} add={<AddPanel draft={draft} setUrl={setUrl} />} />
        ) : isEditing && !isPhone ? (
          <GridEdit {...{ dashboard, chosens, is_ready, menu }} onChange={draft.change} />
        ) : (
          <GridView
            {...{ dashboard, chosens, is_ready, menu }}
            turned={url.turned}
            onTurn={(row) => setUrl({ turned: turned(url.turned, row) }, { replace: true })}
          />
        )}
      </Suspense>
      {isEditing ? (
        <Suspense>
          <SettingsDrawer
            open={url.open === 'settings'}
            draft={draft}
            onClose={() => setUrl({ open: '' })}
          />
        </Suspense>
      ) : null}
      <HistoryDrawer
        open={url.open === 'history' && whole !== undefined}
        {...{ id, isAdmin, draft }}
        version={whole?.version ?? 0}
        onClose={() => setUrl({ open: '' })}
      />
    </Page>
  )
}

function turned(rows: readonly string[], row: string): string[] {
  return rows.includes(row) ? rows.filter((one) => one !== row) : [...rows, row]
}

function Nothing({ isEditing, add }: { isEditing: boolean; add: React.ReactNode }) {
  return (
    <div className={styles.nothing}>
      <EmptyState title={t('dashboards.no_panels')} actions={isEditing ? add : undefined}>
        {isEditing ? t('dashboards.no_panels.add') : t('dashboards.no_panels.edit')}
      </EmptyState>
    </div>
  )
}

/** An address that tells no time takes the dashboard's. */
function useOwnTime({ time, refresh }: Dashboard): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is opened.
  useEffect(() => {
    const { pathname, search } = window.location
    const query = new URLSearchParams(search)
    if (query.has('from') || query.has('to')) return
    query.set('from', time.from)
    query.set('to', time.to)
    if (refresh !== '' && !query.has('refresh')) query.set('refresh', refresh)
    go(`${pathname}?${query}`, { replace: true })
  }, [])
}
