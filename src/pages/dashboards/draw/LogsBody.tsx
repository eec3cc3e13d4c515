/** Log lines, newest first; a line opens to its labels. */
import { KeyValues } from '../../../ui/entity/KeyValues.tsx'
import { LogLine } from '../../../ui/entity/LogLine.tsx'
import { absolute, clock } from '../../../ui/format/moment.ts'
import { SeverityTag } from '../../../ui/parts/Marks.tsx'
import { useRange } from '../../../ui/range/range.ts'
import type { QueryRun } from '../../explore/contract.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'

type LogsRun = Extract<QueryRun, { kind: 'logs' }>
type Line = { key: string; time_ms: number; severity: string; body: string; labels: Labels }
type Labels = Readonly<Record<string, string>>

export function LogsBody({ panel, rans }: Drawing) {
  const { utc } = useRange()
  const lines = rans.flatMap(({ run, query }) =>
    run.kind === 'logs' ? linesOf(run, query.ref) : [],
  )
  const way = panel.options.order === 'oldest' ? 1 : -1
  lines.sort((a, b) => way * (a.time_ms - b.time_ms))
  return (
    <ol className={styles.lines}>
      {lines.map((line) => (
        <li key={line.key}>
          <details className={styles.line}>
            <summary>
              <span className={styles.lineTime}>
                <time title={absolute(line.time_ms, { utc, ms: true, zone: true })}>
                  {clock(line.time_ms, utc)}
                </time>
              </span>
              <SeverityTag severity={line.severity} />
              <span className={styles.lineBody}>
                <LogLine body={line.body} />
              </span>
            </summary>
            <p className={styles.lineWhole}>{line.body}</p>
            <KeyValues entries={Object.entries(line.labels)} time_ms={line.time_ms} />
          </details>
        </li>
      ))}
    </ol>
  )
}

function linesOf(run: LogsRun, ref: string): Line[] {
  return run.time_ns.map((time, at) => ({
    key: `${ref} ${time} ${at}`,
    time_ms: Number(BigInt(time) / 1_000_000n),
    severity: run.severity[at] ?? '',
    body: run.body[at] ?? '',
    labels: run.labels[at] ?? {},
  }))
}
