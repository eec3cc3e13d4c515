/** Revisions of a policy, newest first: who, when, how it went out, and what it changed. */
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import type { PolicyWhole, RevisionShown, RolloutState } from './contract.ts'
import styles from './Fleet.module.css'
import { differences, type IntegrationDifference } from './prepare.ts'
import { restoreRevision, tell } from './requests.ts'

const tones = {
  running: 'accent',
  paused: 'warn',
  done: 'ok',
  rolled_back: 'bad',
  superseded: 'neutral',
} as const satisfies Record<RolloutState, string>

export function PolicyHistory({ policy, is_admin }: { policy: PolicyWhole; is_admin: boolean }) {
  const { revisions, rollouts, active_revision } = policy
  return (
    <ol className={styles.history}>
      {revisions.map((one, at) => {
        const rollout = rollouts.find(({ revision }) => revision === one.revision)
        const state = rollout?.state
        return (
          <li key={one.revision} className={styles.revision}>
            <div className={styles.revisionHead}>
              <strong>{t('fleet.revision', { revision: one.revision })}</strong>
              {one.revision === active_revision ? (
                <Badge tone="ok">{t('fleet.history.active')}</Badge>
              ) : null}
              {state === undefined || state === 'done' ? null : (
                <Badge tone={tones[state]}>{t(`fleet.rollout.state.${state}`)}</Badge>
              )}
              <span className={styles.faint}>
                <RelativeTime time_ms={one.created_ms} /> · {one.author}
              </span>
              {is_admin && one.revision !== active_revision && state !== 'running' ? (
                <Button
                  kind="quiet"
                  className={styles.end ?? ''}
                  onClick={() => void tell(policy.name, restoreRevision(policy.id, one.revision))}
                >
                  {t('fleet.history.restore')}
                </Button>
              ) : null}
            </div>
            {one.note === '' ? null : <p>{one.note}</p>}
            {rollout?.reason ? <p className={styles.bad}>{rollout.reason}</p> : null}
            <Changes revision={one} before={revisions[at + 1]} />
          </li>
        )
      })}
    </ol>
  )
}

type ChangesProps = { revision: RevisionShown; before: RevisionShown | undefined }

function Changes({ revision, before }: ChangesProps) {
  if (before === undefined) {
    return <p className={styles.faint}>{t('fleet.history.first')}</p>
  }
  const changed = differences(before.document, revision.document)
  if (changed.length === 0) return <p className={styles.faint}>{t('fleet.history.same')}</p>
  return (
    <ul className={styles.changes}>
      {changed.map((one) => (
        <Change key={one.id} difference={one} />
      ))}
    </ul>
  )
}

const signs = { added: '+', removed: '−', changed: '~' } as const

function Change({ difference }: { difference: IntegrationDifference }) {
  const { id, type, change, paths } = difference
  return (
    <li data-change={change}>
      <span className={styles.changeSign}>{signs[change]}</span>
      <span>
        {t(`fleet.type.${type}`)} <code>{id}</code> {t(`fleet.history.${change}`)}
        {paths.map(({ path, before, after }) => (
          <span key={path} className={styles.path}>
            <code>{path}</code>
            <del>{before || t('fleet.history.nothing')}</del>
            <span aria-hidden="true">→</span>
            <ins>{after || t('fleet.history.nothing')}</ins>
          </span>
        ))}
      </span>
    </li>
  )
}
