/**
 * Everything around a page: rail, top bar, keys, commands, and the place where drawers open. Which
 * page the address names is looked up in routes.ts.
 */
import { Component, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { t } from '../ui/i18n/translate.ts'
import { CommandPalette } from '../ui/keys/CommandPalette.tsx'
import { HelpOverlay } from '../ui/keys/HelpOverlay.tsx'
import { useKeys } from '../ui/keys/keys.ts'
import { FaultNote } from '../ui/panel/FaultNote.tsx'
import { EmptyState, Skeleton } from '../ui/parts/EmptyState.tsx'
import { bump } from '../ui/range/range.ts'
import { Link } from '../ui/url/Link.tsx'
import { go, href, matchPath, usePath } from '../ui/url/location.ts'
import { useShellCommands } from './commands.ts'
import { findThings } from './find.ts'
import { Rail } from './Rail.tsx'
import { type PageComponent, type Route, routes } from './routes.ts'
import styles from './Shell.module.css'
import { TopBar } from './TopBar.tsx'

type ShellProps = { user: { name: string; role: string } }

export function Shell({ user }: ShellProps) {
  const path = usePath()
  const [dialog, setDialog] = useState<'' | 'palette' | 'help'>('')
  const main = useRef<HTMLElement>(null)
  const here = useMemo(() => routeAt(path), [path])
  useKeys([
    {
      keys: 'mod+k',
      says: t('ui.palette'),
      act: () => setDialog((now) => (now === 'palette' ? '' : 'palette')),
      typing: true,
    },
    { keys: '?', says: t('shell.keyboard'), act: () => setDialog('help') },
    { keys: 'r', says: t('ui.refresh.now'), act: bump },
    ...routes.map((route) => ({
      keys: route.keys,
      says: t('shell.go', { page: t(`shell.page.${route.name}`) }),
      act: () => go(href(route.paths[0]?.pattern ?? '/')),
    })),
  ])
  useShellCommands()
  useEffect(() => {
    const name = here === undefined ? '' : `${t(`shell.page.${here.route.name}`)} · `
    document.title = `${name}Crowsnest`
  }, [here])
  return (
    <div className={styles.shell}>
      <button type="button" className={styles.skip} onClick={() => main.current?.focus()}>
        {t('shell.skip')}
      </button>
      <Rail here={here?.route.name} />
      <TopBar
        user={user}
        openPalette={() => setDialog('palette')}
        openHelp={() => setDialog('help')}
      />
      <main ref={main} id="main" className={styles.main} tabIndex={-1}>
        <Guard key={path}>
          <Suspense fallback={<Waiting />}>
            {here === undefined ? <NoPage /> : <here.page params={here.params} />}
          </Suspense>
        </Guard>
      </main>
      <div id="drawers" className={styles.drawers} />
      <CommandPalette open={dialog === 'palette'} onClose={() => setDialog('')} find={findThings} />
      <HelpOverlay open={dialog === 'help'} onClose={() => setDialog('')} />
    </div>
  )
}

type Here = { route: Route; page: PageComponent; params: Record<string, string> }

/** The page of a path. */
export function routeAt(path: string): Here | undefined {
  for (const route of routes) {
    for (const { pattern, page } of route.paths) {
      const params = matchPath(pattern, path)
      if (params !== undefined) return { route, page, params }
    }
  }
  return undefined
}

function Waiting() {
  return (
    <div className={styles.waiting}>
      <Skeleton rows={8} />
    </div>
  )
}

function NoPage() {
  return (
    <EmptyState
      title={<h1>{t('shell.not_found')}</h1>}
      actions={<Link to="/">{t('shell.to_overview')}</Link>}
    >
      {t('shell.not_found.do')}
    </EmptyState>
  )
}

/** A page that throws takes neither the shell nor the way out with it. */
class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { error }
  }

  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    const fault = {
      code: 'client',
      says: 'ui.broken.says',
      do: 'ui.client.do',
      details: { error: String(error) },
    }
    return <FaultNote fault={fault} retry={() => this.setState({ error: undefined })} />
  }
}
