/** The log records of a trace or of one span, in order of time, each leading to the Logs page. */
import { useAsk } from '../../ui/ask/ask.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Clock } from '../../ui/parts/Clock.tsx'
import { SeverityTag } from '../../ui/parts/Marks.tsx'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { traceLogs } from './contract.ts'
import styles from './SpanLogs.module.css'

export function SpanLogs({ trace_id, span_id }: { trace_id: string; span_id?: string }) {
  const asked = useAsk(traceLogs, { trace_id, ...(span_id === undefined ? {} : { span_id }) })
  const search = span_id === undefined ? `trace_id:${trace_id}` : `span_id:${span_id}`
  // In a span's drawer, having no logs is usual, and not worth a screenful.
  if (span_id !== undefined && asked.answer?.time_ns.length === 0) {
    return <p className={styles.none}>{t('traces.logs.none')}</p>
  }
  return (
    <Panel
      asked={asked}
      bare
      is_empty={(answer) => answer.time_ns.length === 0}
      empty={{ title: t('traces.logs.none'), do: t('traces.logs.none.do') }}
      capped={(answer) =>
        answer.capped ? { shown: answer.time_ns.length, all: answer.time_ns.length + 1 } : undefined
      }
    >
      {(answer) => (
        <>
          <ol className={styles.logs}>
            {answer.time_ns.map((time_ns, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two records may be alike in all.
              <li key={`${time_ns} ${at}`} className={styles.log}>
                <Clock time_ms={Number(BigInt(time_ns) / 1_000_000n)} />
                <SeverityTag severity={answer.severity[at] ?? ''} />
                {span_id === undefined ? (
                  <EntityLink kind="service" name={answer.service[at] ?? ''} />
                ) : null}
                <span className={styles.body}>{answer.body[at]}</span>
              </li>
            ))}
          </ol>
          <TextLink to="/logs" query={{ search }}>
            {t('traces.all_logs')}
          </TextLink>
        </>
      )}
    </Panel>
  )
}
