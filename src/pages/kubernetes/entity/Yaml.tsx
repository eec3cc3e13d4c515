/** One version of an object as YAML, or the lines in which two versions differ. */
import { useMemo } from 'react'
import { type Asked, useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { CopyButton } from '../../../ui/parts/CopyId.tsx'
import { entityRevision } from '../contract-entity-history.ts'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { readObject } from './prepare-containers.ts'
import type { Revision } from './prepare-revisions.ts'
import { type DiffLine, diffLines, yamlOf } from './prepare-yaml.ts'

type TextProps = { revision: Revision; asks: EntityScope; with_status: boolean }
type Answer = { object: string } | null

function useRevision(revision: Revision, asks: EntityScope): Asked<Answer> {
  const { uid, time_ms } = revision
  return useAsk(entityRevision, { ...asks, uid, time_ms }, { keep: false })
}

const gone = () => ({ title: t('kubernetes.change.gone'), do: t('kubernetes.change.gone.do') })

export function YamlText({ revision, asks, with_status }: TextProps) {
  const asked = useRevision(revision, asks)
  return (
    <Panel asked={asked} is_empty={(answer) => answer === null} empty={gone()} bare>
      {(answer) => {
        const yaml = yamlOf(readObject(answer?.object ?? ''), !with_status)
        return (
          <div className={styles.yamlFrame}>
            <CopyButton value={yaml} label={t('entity.yaml.copy')} />
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls with the arrow keys. */}
            <pre className={styles.yaml} tabIndex={0}>
              {yaml}
            </pre>
          </div>
        )
      }}
    </Panel>
  )
}

type DiffProps = Omit<TextProps, 'revision'> & { before: Revision; after: Revision }

export function YamlDiff({ before, after, asks, with_status }: DiffProps) {
  const older = useRevision(before, asks)
  const newer = useRevision(after, asks)
  const both = joined(older, newer)
  return (
    <Panel asked={both} is_empty={(answer) => answer === null} empty={gone()} bare>
      {(answer) =>
        answer === null ? null : (
          <DiffText before={answer.before} after={answer.after} with_status={with_status} />
        )
      }
    </Panel>
  )
}

type Both = { before: string; after: string } | null

/** One state of two questions: whichever is worse. */
function joined(older: Asked<Answer>, newer: Asked<Answer>): Asked<Both> {
  const worse = [older, newer].find(({ status }) => status === 'failed') ?? older
  const isDone = older.answer !== undefined && newer.answer !== undefined
  const before = older.answer?.object
  const after = newer.answer?.object
  const isWhole = before !== undefined && after !== undefined
  return {
    ...worse,
    is_fetching: older.is_fetching || newer.is_fetching,
    status: worse.status === 'failed' ? 'failed' : isDone ? 'done' : 'loading',
    answer: isDone ? (isWhole ? { before, after } : null) : undefined,
  }
}

type DiffTextProps = { before: string; after: string; with_status: boolean }

function DiffText({ before, after, with_status }: DiffTextProps) {
  const lines = useMemo(() => {
    const yaml = (object: string) => yamlOf(readObject(object), !with_status)
    return diffLines(yaml(before), yaml(after))
  }, [before, after, with_status])
  if (lines.length === 0) return <p className={styles.nothing}>{t('entity.yaml.same')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls takes the arrow keys.
    <section className={styles.yaml} aria-label={t('entity.yaml.diff')} tabIndex={0}>
      {lines.map((line) => (
        <Line key={line.line} line={line} />
      ))}
    </section>
  )
}

const signs = { same: ' ', before: '−', after: '+' } as const

function Line({ line }: { line: DiffLine }) {
  if (line.tag === 'gap') {
    return <div className={styles.gap}>{t('entity.yaml.equal', { lines: line.lines })}</div>
  }
  const Tag = line.tag === 'before' ? 'del' : line.tag === 'after' ? 'ins' : 'span'
  return (
    <Tag className={`${styles.line} ${styles[`line_${line.tag}`]}`}>
      {signs[line.tag]} {line.text}
    </Tag>
  )
}
