/** What a thing uses of what it may: a figure and a bar with a mark where its request lies. */
import { t } from '../../ui/i18n/translate.ts'
import { Tooltip } from '../../ui/parts/Tooltip.tsx'
import styles from './kubernetes.module.css'
import { type Resource, resourceFigure, shareOf, type Use } from './prepare.ts'

const warn_share = 0.8
const bad_share = 0.95

export function UsageBar({ use, resource }: { use: Use; resource: Resource }) {
  return (
    <Tooltip text={usageSays(use, resource)}>
      <span className={styles.use}>
        <Bar use={use} />
        <span className={styles.figure}>{resourceFigure(resource, use.used)}</span>
      </span>
    </Tooltip>
  )
}

export function usageSays(use: Use, resource: Resource): string {
  const parts = [
    ['used', use.used],
    ['requested', use.requested],
    ['limit', use.limit],
    ...(use.full === use.limit || use.full === use.requested ? [] : [['allocatable', use.full]]),
  ] as [string, number | null][]
  return parts
    .map(([name, value]) => t(`kubernetes.use.${name}`, { value: resourceFigure(resource, value) }))
    .join(' · ')
}

export function Bar({ use }: { use: Use }) {
  const share = shareOf(use)
  // More than was asked for is no trouble as long as nobody set a limit.
  const isBounded = use.limit !== null || use.full !== use.requested
  const tone =
    share === null || share < warn_share || !isBounded
      ? ''
      : share < bad_share
        ? styles.fillWarn
        : styles.fillBad
  const asked = use.requested !== null && use.full !== null ? use.requested / use.full : undefined
  return (
    <span className={styles.bar} aria-hidden="true">
      {share === null ? null : (
        <span
          className={`${styles.fill} ${tone}`}
          style={{ width: `${Math.min(1, share) * 100}%` }}
        />
      )}
      {asked === undefined || asked >= 1 ? null : (
        <span className={styles.mark} style={{ left: `${asked * 100}%` }} />
      )}
    </span>
  )
}
