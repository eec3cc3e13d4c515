/**
 * How a new revision goes out, live: a first agent, a tenth, all, probation; or why it came back.
 */
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import type { PolicyWhole } from './contract.ts'
import styles from './Fleet.module.css'
import { steerRollout, tell } from './requests.ts'

type StripProps = { policy: PolicyWhole; is_admin: boolean }

const recent_ms = 24 * 3_600_000

export function RolloutStrip({ policy, is_admin }: StripProps) {
  const { rollout, rollouts, name } = policy
  if (rollout === undefined) {
    const last = rollouts[0]
    const isTold = last?.state === 'rolled_back' && Date.now() - last.started_ms < recent_ms
    if (!isTold || last === undefined) return null
    return (
      <p className={styles.callout} data-tone="bad" role="status">
        <strong>{t('fleet.rollout.put_back', { revision: last.revision })}</strong> {last.reason}
        {'. '}
        {t('fleet.rollout.stays', { revision: last.previous_revision })}{' '}
        <RelativeTime time_ms={last.ended_ms ?? last.started_ms} />
      </p>
    )
  }
  const act = (what: 'pause' | 'resume' | 'put_back') =>
    void tell(name, steerRollout(policy.id, what))
  const isPaused = rollout.state === 'paused'
  return (
    <section className={styles.rollout} role="status" aria-label={t('fleet.rollout')}>
      <div className={styles.rolloutHead}>
        <strong>
          {t(isPaused ? 'fleet.rollout.paused' : 'fleet.rollout.going', {
            revision: rollout.revision,
          })}
        </strong>
        <span className={styles.faint}>
          {t('fleet.rollout.count', { running: rollout.running, agents: rollout.agents })}
        </span>
        {is_admin ? (
          <span className={styles.rolloutActs}>
            <Button onClick={() => act(isPaused ? 'resume' : 'pause')}>
              {t(isPaused ? 'fleet.rollout.resume' : 'fleet.rollout.pause')}
            </Button>
            <Button kind="danger" onClick={() => act('put_back')}>
              {t('fleet.rollout.back', { revision: rollout.previous_revision })}
            </Button>
          </span>
        ) : null}
      </div>
      <progress
        className={styles.progress}
        max={Math.max(1, rollout.agents)}
        value={rollout.running}
        aria-label={t('fleet.rollout')}
      />
      <ol className={styles.stages}>
        {[0, 1, 2].map((stage) => (
          <li
            key={stage}
            aria-current={rollout.stage === stage ? 'step' : undefined}
            data-done={rollout.stage > stage}
          >
            {t(`fleet.rollout.stage.${stage}`)}
          </li>
        ))}
      </ol>
    </section>
  )
}
