/** Versions of a dashboard: who saved them and why, what each changed, and going back to one. */
import { useState } from 'react'
import { Refused } from '../../../ui/ask/ask.ts'
import { Drawer } from '../../../ui/drawer/Drawer.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Button } from '../../../ui/parts/Button.tsx'
import { Skeleton } from '../../../ui/parts/EmptyState.tsx'
import { RelativeTime } from '../../../ui/parts/Figures.tsx'
import { Badge } from '../../../ui/parts/Marks.tsx'
import { toast } from '../../../ui/parts/toasts.ts'
import type { DashboardVersion } from '../contract.ts'
import { restoreVersion, tellFailure, useVersion, useVersions } from '../requests.ts'
import type { Draft } from '../use-draft.ts'
import { differenceOf } from './difference.ts'
import styles from './Editor.module.css'

type HistoryProps = {
  open: boolean
  id: string
  version: number
  isAdmin: boolean
  draft: Draft
  onClose: () => void
}

export function HistoryDrawer(props: HistoryProps) {
  const { open, onClose } = props
  return (
    <Drawer open={open} title={t('dashboards.history')} onClose={onClose}>
      {open ? <Versions {...props} /> : null}
    </Drawer>
  )
}

function Versions({ id, version, isAdmin, draft }: HistoryProps) {
  const asked = useVersions(id)
  const [shown, setShown] = useState(0)
  const restore = async (one: DashboardVersion) => {
    try {
      await restoreVersion(id, one.version)
      draft.settle()
      toast({ text: t('dashboards.history.restored', { version: one.version }) })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      tellFailure(error)
    }
  }
  return (
    <Panel asked={asked} bare>
      {(versions) => (
        <ol className={styles.versions}>
          {versions.map((one) => (
            <li key={one.version}>
              <div className={styles.version}>
                <strong>{t('dashboards.history.version', { version: one.version })}</strong>
                {one.version === version ? (
                  <Badge tone="ok">{t('dashboards.history.now')}</Badge>
                ) : null}
                <span className={styles.quiet}>
                  <RelativeTime time_ms={one.created_ms} /> · {one.author}
                </span>
                <span className={styles.end}>
                  <Button
                    kind="quiet"
                    aria-expanded={shown === one.version}
                    onClick={() => setShown(shown === one.version ? 0 : one.version)}
                  >
                    {t('dashboards.history.changes')}
                  </Button>
                  {isAdmin && one.version !== version ? (
                    <Button kind="quiet" onClick={() => void restore(one)}>
                      {t('dashboards.history.restore')}
                    </Button>
                  ) : null}
                </span>
              </div>
              {one.note === '' ? null : <p>{one.note}</p>}
              {shown === one.version ? <Changes id={id} version={one.version} /> : null}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}

const signs = { same: ' ', out: '−', in: '+', gap: ' ' } as const

function Changes({ id, version }: { id: string; version: number }) {
  const after = useVersion(id, version)
  const before = useVersion(id, version - 1)
  if (version === 1) return <p className={styles.quiet}>{t('dashboards.history.first')}</p>
  if (after.answer === undefined || before.answer === undefined) {
    const fault = after.fault ?? before.fault
    return fault === undefined ? <Skeleton rows={3} /> : <p>{fault.says}</p>
  }
  const lines = differenceOf(before.answer, after.answer)
  if (lines.length === 0) return <p className={styles.quiet}>{t('dashboards.history.same')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <pre className={styles.difference} tabIndex={0}>
      {lines.map(({ kind, text }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
        <span key={at} data-kind={kind}>
          {`${signs[kind]} ${text}\n`}
        </span>
      ))}
    </pre>
  )
}
