/** What the definition does to the newest records: each with what became of it and its changes. */
import { IconPlayerPlayFilled, IconTestPipe } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Kbd } from '../../ui/parts/Kbd.tsx'
import { Combobox } from '../../ui/parts/Select.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { oneOf } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { verdictsOf } from './outcome.ts'
import styles from './Pipelines.module.css'
import { ProcessorTable } from './ProcessorTable.tsx'
import { RecordList } from './RecordList.tsx'
import type { Tried, Trying } from './use-trial.ts'

const views = ['records', 'processors'] as const
const shape = { view: oneOf(views, 'records') }

type TrialPaneProps = { trial: Trying; isAdmin: boolean; onShow: (path: string) => void }

export function TrialPane({ trial, isAdmin, onShow }: TrialPaneProps) {
  const { dataset, datasets, fault, tried } = trial
  const named = dataset === '' || datasets.includes(dataset) ? datasets : [dataset, ...datasets]
  const choices = [
    { value: '', label: t('pipelines.test.any') },
    ...named.map((value) => ({ value, label: value })),
  ]
  return (
    <section className={styles.pane} aria-label={t('pipelines.test.title')}>
      <header className={styles.head}>
        <Combobox
          label={t('pipelines.test.dataset')}
          show_label
          value={dataset}
          choices={choices}
          onChange={trial.choose}
        />
        <span className={styles.space} />
        <Kbd keys="mod+enter" />
        <Button
          icon={<IconPlayerPlayFilled />}
          busy={trial.isBusy}
          disabled={!isAdmin || !trial.canRun}
          onClick={() => void trial.run()}
        >
          {t('pipelines.test')}
        </Button>
      </header>
      <div className={styles.tried} aria-busy={trial.isBusy}>
        {fault === undefined ? null : <FaultNote fault={fault} />}
        {tried === undefined ? (
          <EmptyState icon={<IconTestPipe />} title={t('pipelines.test.none')}>
            {t('pipelines.test.none.do')}
          </EmptyState>
        ) : (
          <Results tried={tried} dataset={dataset} isEarlier={trial.isEarlier} onShow={onShow} />
        )}
      </div>
    </section>
  )
}

type ResultsProps = {
  tried: Tried
  dataset: string
  isEarlier: boolean
  onShow: (path: string) => void
}

function Results({ tried, dataset, isEarlier, onShow }: ResultsProps) {
  const [url, setUrl] = useUrl(shape)
  const { trial, samples, asked } = tried
  if (asked === 0) {
    return (
      <EmptyState title={t('pipelines.test.no_records', { dataset: dataset || '*' })}>
        {t('pipelines.test.no_records.do')}
      </EmptyState>
    )
  }
  const { kept, dropped, failed } = verdictsOf(trial)
  return (
    <>
      <div className={styles.summary} aria-live="polite">
        <strong className={styles.verdict} data-verdict="kept">
          {t('pipelines.kept_count', { kept })}
        </strong>
        <strong className={styles.verdict} data-verdict={dropped > 0 ? 'dropped' : ''}>
          {t('pipelines.dropped_count', { dropped })}
        </strong>
        <strong className={styles.verdict} data-verdict={failed > 0 ? 'failed' : ''}>
          {t('pipelines.failed_count', { failed })}
        </strong>
        {isEarlier ? <span className={styles.quiet}>{t('pipelines.test.earlier')}</span> : null}
        <span className={styles.space} />
        <Segments
          label={t('pipelines.test.view')}
          value={url.view}
          choices={views.map((value) => ({ value, label: t(`pipelines.test.${value}`) }))}
          onChange={(view) => setUrl({ view: views.find((one) => one === view) })}
        />
      </div>
      {url.view === 'records' ? (
        <RecordList samples={samples} records={trial.records} onShow={onShow} />
      ) : (
        <ProcessorTable processors={trial.processors} onShow={onShow} />
      )}
      <p className={styles.foot}>
        {trial.records.length < asked
          ? t('pipelines.test.capped', { shown: trial.records.length, asked })
          : t('pipelines.test.stored')}
      </p>
    </>
  )
}
