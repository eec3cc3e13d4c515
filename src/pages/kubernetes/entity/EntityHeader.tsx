/** The top of a thing's page: what it is, where it belongs, how it is and where to go from it. */
import { Fragment, type ReactNode } from 'react'
import { t } from '../../../ui/i18n/translate.ts'
import { Instant, RelativeTime } from '../../../ui/parts/Figures.tsx'
import { Badge, StatusDot } from '../../../ui/parts/Marks.tsx'
import { useNow, useRange } from '../../../ui/range/range.ts'
import { Link } from '../../../ui/url/Link.tsx'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import type { Entity } from '../contract-entity.ts'
import { ObjectLink } from '../ObjectLink.tsx'
import { age } from '../prepare.ts'
import styles from './entity.module.css'
import { chainOf } from './prepare-chain.ts'
import { factsOf } from './prepare-facts.ts'
import { happeningsSearch, hasTelemetry, telemetrySearch } from './prepare-searches.ts'

export function EntityTitle({ entity }: { entity: Entity }) {
  return (
    <span className={styles.title}>
      <span className={styles.kind}>{entity.kind}</span>
      <span className={styles.name}>{entity.name}</span>
      {entity.state === 'gone' ? (
        <Badge tone="neutral">{t('entity.gone')}</Badge>
      ) : entity.health === 'unknown' && entity.status === '' ? null : (
        <span className={styles.status}>
          <StatusDot status={entity.health} label={entity.status || undefined} />
        </span>
      )}
    </span>
  )
}

/** From the cluster down to what made it: each a link to its own page. */
export function OwnerChain({ entity }: { entity: Entity }) {
  const { cluster } = entity
  return (
    <span className={styles.chain}>
      {chainOf(entity).map(({ kind, namespace, name }, at) => (
        <Fragment key={`${kind} ${name}`}>
          {at === 0 ? null : <span aria-hidden="true">›</span>}
          <span className={styles.owner}>
            <span className={styles.ownerKind}>{kind}</span>
            <ObjectLink kind={kind} cluster={cluster} namespace={namespace} name={name} />
          </span>
        </Fragment>
      ))}
    </span>
  )
}

export function EntityWays({ entity, container }: { entity: Entity; container: string }) {
  const { cluster, namespace } = entity
  const own = { cluster, namespace }
  const search = telemetrySearch(entity, container)
  const happened = { ...own, namespace: '', search: happeningsSearch(entity) }
  return (
    <nav className={styles.links} aria-label={t('kubernetes.ways')}>
      {hasTelemetry(entity.kind) ? (
        <>
          <TextLink to="/logs" query={{ ...own, search }}>
            {t('kubernetes.to.logs')}
          </TextLink>
          <TextLink to="/traces" query={{ ...own, search }}>
            {t('kubernetes.to.traces')}
          </TextLink>
        </>
      ) : null}
      <TextLink to="/kubernetes/events" query={happened}>
        {t('kubernetes.to.events')}
      </TextLink>
      <TextLink to="/kubernetes/changes" query={happened}>
        {t('kubernetes.to.changes')}
      </TextLink>
    </nav>
  )
}

export function EntityFacts({ entity }: { entity: Entity }) {
  const now_ms = useNow()
  const { kind, cluster, node, created_ms, told_ms, gone_ms, state } = entity
  const until_ms = state === 'gone' ? gone_ms || told_ms : now_ms
  return (
    <dl className={styles.facts}>
      {kind === 'Pod' && node !== '' ? (
        <Fact name={t('kubernetes.node')}>
          <ObjectLink kind="Node" cluster={cluster} namespace="" name={node} />
        </Fact>
      ) : null}
      {created_ms === 0 ? null : (
        <Fact name={t('kubernetes.age')}>
          <span title={new Date(created_ms).toISOString()}>{age(created_ms, until_ms)}</span>
        </Fact>
      )}
      {factsOf(entity).map(({ key, value, tone, link }) => (
        <Fact key={key} name={t(`entity.fact.${key}`)}>
          {link === undefined ? (
            <span className={tone === undefined ? '' : styles[tone]}>{value}</span>
          ) : (
            <ObjectLink {...link} cluster={cluster} name={value} />
          )}
        </Fact>
      ))}
      {kind !== 'Cluster' || told_ms === 0 ? null : (
        <Fact name={t('kubernetes.told')}>
          <RelativeTime time_ms={told_ms} />
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** What must be known before anything below is read. */
export function EntityNotes({ entity }: { entity: Entity }) {
  const { state, status_message, health, created_ms, gone_ms, told_ms } = entity
  const last_ms = gone_ms > 0 ? gone_ms : told_ms
  return (
    <>
      {state === 'gone' ? (
        <p className={styles.message}>
          {gone_ms > 0 ? t('entity.deleted_at') : t('entity.unseen_since')}{' '}
          <Instant time_ms={last_ms} ms={false} />. {t('entity.as_it_was')}{' '}
          <ShowTime at_ms={last_ms} />
        </p>
      ) : null}
      {state === 'later' ? (
        <p className={styles.message}>
          {t('entity.made_later')} <Instant time_ms={created_ms} ms={false} />.{' '}
          <ShowTime at_ms={created_ms} />
        </p>
      ) : null}
      {state === 'untold' ? (
        <p className={styles.message}>
          {t('entity.untold')} <Link to="/agents/add">{t('entity.untold.do')}</Link>
        </p>
      ) : null}
      {status_message === '' ? null : (
        <p className={`${styles.message} ${health === 'bad' ? styles.messageBad : ''}`}>
          {status_message}
        </p>
      )}
    </>
  )
}

const around_ms = 30 * 60_000

/** The hour around a moment, when the page shows another time. */
function ShowTime({ at_ms }: { at_ms: number }) {
  const { from_ms, to_ms } = useRange()
  if (at_ms === 0 || (at_ms >= from_ms && at_ms <= to_ms)) return null
  const path = window.location.pathname
  const query = { from: String(at_ms - around_ms), to: String(at_ms + around_ms) }
  return (
    <Link to={path} query={query}>
      {t('entity.show_time')}
    </Link>
  )
}
