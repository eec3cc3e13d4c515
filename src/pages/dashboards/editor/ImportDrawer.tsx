/**
 * Takes a dashboard from a file or from what is pasted: Grafana's, with a report of what was taken
 * panel by panel, or one of our own exports.
 */
import { IconCircleCheck, IconCircleDashed, IconCircleX, IconUpload } from '@tabler/icons-react'
import { type DragEvent, useMemo, useState } from 'react'
import { Drawer } from '../../../ui/drawer/Drawer.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { FaultNote } from '../../../ui/panel/FaultNote.tsx'
import { Button } from '../../../ui/parts/Button.tsx'
import { useSubmit } from '../../../ui/submit.ts'
import { go } from '../../../ui/url/location.ts'
import { dashboardAddress } from '../addresses.ts'
import type { ImportReport, Note, Outcome, PanelReport } from '../grafana/report.ts'
import { createDashboard } from '../requests.ts'
import styles from './Editor.module.css'
import { type ReadImport, readImport } from './read-import.ts'

export function ImportDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Drawer open={open} title={t('dashboards.import')} onClose={onClose}>
      {open ? <ImportForm /> : null}
    </Drawer>
  )
}

function ImportForm() {
  const [text, setText] = useState('')
  const read = useMemo(() => readImport(text), [text])
  const taken = 'dashboard' in read ? read : undefined
  const sending = useSubmit(async () => {
    if (taken === undefined) return
    const whole = await createDashboard(taken.dashboard, t('dashboards.import.note'))
    go(dashboardAddress(whole.id))
  })
  return (
    <form
      className={styles.options}
      onSubmit={(event) => {
        event.preventDefault()
        void sending.submit()
      }}
    >
      <DropText text={text} onText={setText} />
      <Told read={read} />
      {sending.fault === undefined ? null : <FaultNote fault={sending.fault} />}
      {taken === undefined ? null : (
        <div>
          <Button kind="primary" type="submit" busy={sending.busy}>
            {t('dashboards.import.do', { title: taken.dashboard.title })}
          </Button>
        </div>
      )}
      {taken?.report === undefined ? null : <Report report={taken.report} />}
    </form>
  )
}

type DropProps = { text: string; onText: (text: string) => void }

function DropText({ text, onText }: DropProps) {
  const [isOver, setOver] = useState(false)
  const take = async (file: File | undefined) => {
    if (file !== undefined) onText(await file.text())
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a file can be chosen without dragging.
    <div
      className={styles.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <textarea
        aria-label={t('dashboards.import.text')}
        placeholder={t('dashboards.import.placeholder')}
        value={text}
        spellCheck={false}
        onChange={(event) => onText(event.target.value)}
      />
      <label className={styles.file}>
        <IconUpload aria-hidden="true" />
        {t('dashboards.import.file')}
        <input
          type="file"
          accept=".json,application/json"
          onChange={(event) => void take(event.target.files?.[0])}
        />
      </label>
    </div>
  )
}

function Told({ read }: { read: ReadImport }) {
  if ('problem' in read) {
    if (read.problem === 'empty')
      return <p className={styles.quiet}>{t('dashboards.import.hint')}</p>
    return (
      <p role="alert" className={styles.problem}>
        {t(`dashboards.import.problem.${read.problem}`, { detail: read.detail })}
      </p>
    )
  }
  return null
}

const outcomeIcons = { taken: IconCircleCheck, partly: IconCircleDashed, not: IconCircleX }
const outcomes: readonly Outcome[] = ['not', 'partly', 'taken']

function Report({ report }: { report: ImportReport }) {
  const count = (outcome: Outcome) => report.panels.filter((one) => one.outcome === outcome).length
  const ordered = outcomes.flatMap((outcome) =>
    report.panels.filter((one) => one.outcome === outcome),
  )
  return (
    <section className={styles.report} aria-label={t('dashboards.import.report')}>
      <p className={styles.sums}>
        {(['taken', 'partly', 'not'] as const).map((outcome) => (
          <span key={outcome} data-outcome={outcome}>
            <strong>{count(outcome)}</strong> {t(`dashboards.import.${outcome}`)}
          </span>
        ))}
      </p>
      {report.notes.map((note) => (
        <p key={`${note.code} ${note.detail}`} className={styles.quiet}>
          {noteText(note)}
        </p>
      ))}
      <ul>
        {ordered.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: titles are not unique.
          <PanelLine key={at} panel={one} />
        ))}
      </ul>
    </section>
  )
}

function PanelLine({ panel }: { panel: PanelReport }) {
  const Icon = outcomeIcons[panel.outcome]
  return (
    <li data-outcome={panel.outcome}>
      <Icon aria-label={t(`dashboards.import.${panel.outcome}`)} />
      <span>
        {panel.title || t('dashboards.import.untitled')}{' '}
        <span className={styles.quiet}>{panel.type}</span>
        {panel.notes.map((note) => (
          <span key={`${note.code} ${note.detail}`} className={styles.reason}>
            {noteText(note)}
          </span>
        ))}
      </span>
    </li>
  )
}

function noteText({ code, detail }: Note): string {
  return t(`dashboards.note.${code}`, { detail })
}
