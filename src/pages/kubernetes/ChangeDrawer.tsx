/** One change in a drawer: who made it, values before and after, the object as it then was. */
import { useState } from 'react'
import type { PathChange } from '../../model/kubernetes.ts'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { type ChangeShown, changeShown } from './contract-history.ts'
import styles from './kubernetes.module.css'
import { ObjectLink } from './ObjectLink.tsx'
import { diffText, readChangeId } from './prepare-history.ts'

export function ChangeDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const named = readChangeId(id)
  return (
    <Drawer open={named !== undefined} title={named?.name ?? ''} onClose={onClose}>
      {named === undefined ? null : <Asked key={id} named={named} />}
    </Drawer>
  )
}

function Asked({ named }: { named: NonNullable<ReturnType<typeof readChangeId>> }) {
  const asked = useAsk(changeShown, named, { keep: false })
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer === null}
      empty={{ title: t('kubernetes.change.gone'), do: t('kubernetes.change.gone.do') }}
      bare
    >
      {(answer) => (answer === null ? null : <Shown change={answer} />)}
    </Panel>
  )
}

function Shown({ change }: { change: ChangeShown }) {
  const { kind, cluster, namespace, name } = change
  return (
    <div className={styles.drawer}>
      <p className={styles.name}>
        <span className={styles.faint}>{kind}</span>
        <ObjectLink kind={kind} cluster={cluster} namespace={namespace} name={name} />
      </p>
      <p>
        {t(`kubernetes.change.${change.change}`)} · <Instant time_ms={change.time_ms} ms />
        {change.actor === '' ? null : ` · ${change.actor}`}
      </p>
      {change.status_message === '' ? null : (
        <p className={styles.message}>{change.status_message}</p>
      )}
      <Diff diff={change.diff} />
      <Whole object={change.object} />
    </div>
  )
}

export function Diff({ diff }: { diff: readonly PathChange[] }) {
  if (diff.length === 0) return null
  return (
    <>
      <h3 className={styles.heading}>{t('kubernetes.paths')}</h3>
      <ul className={styles.diff}>
        {diff.map(({ path, before, after }) => (
          <li key={path}>
            <span className={styles.path}>{path}</span>
            {before === undefined || before === null ? null : (
              <del className={styles.before} style={{ display: 'block', textDecoration: 'none' }}>
                − {diffText(before)}
              </del>
            )}
            {after === undefined || after === null ? null : (
              <ins className={styles.after} style={{ display: 'block', textDecoration: 'none' }}>
                + {diffText(after)}
              </ins>
            )}
          </li>
        ))}
      </ul>
    </>
  )
}

function Whole({ object }: { object: string }) {
  const [isOpen, setOpen] = useState(false)
  if (object === '') return null
  const pretty = isOpen ? JSON.stringify(JSON.parse(object), null, 2) : ''
  return (
    <>
      <h3 className={styles.heading}>
        <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t('kubernetes.whole')}
        </Button>
        {isOpen ? <CopyButton value={pretty} /> : null}
      </h3>
      {isOpen ? <pre className={styles.yaml}>{pretty}</pre> : null}
    </>
  )
}
