/** How often each processor ran in a trial; choosing one shows it in the definition. */
import { t } from '../../ui/i18n/translate.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import type { ProcessorCounts } from './outcome.ts'
import styles from './Pipelines.module.css'

type ProcessorTableProps = {
  processors: readonly ProcessorCounts[]
  onShow: (path: string) => void
}

export function ProcessorTable({ processors, onShow }: ProcessorTableProps) {
  const figure = (id: 'ran' | 'skipped' | 'failed' | 'dropped', tone: string) => ({
    ...{ id, title: t(`pipelines.test.${id}`), width: 78, align: 'end' as const },
    sort: (one: ProcessorCounts) => one[id],
    cell: (one: ProcessorCounts) => (
      <span className={styles.figure} data-tone={one[id] > 0 ? tone : 'none'}>
        {one[id]}
      </span>
    ),
  })
  return (
    <div className={styles.table}>
      <DataTable
        label={t('pipelines.test.processors')}
        rows={processors}
        row_id={(one) => one.path}
        onOpen={(one) => onShow(one.path)}
        columns={[
          {
            id: 'processor',
            title: t('pipelines.processor'),
            width: '1fr',
            cell: (one) => (
              <span className={styles.text} title={one.path}>
                <strong className={styles.type}>{one.type}</strong>{' '}
                <span className={styles.quiet}>{one.says || one.path}</span>
              </span>
            ),
          },
          figure('ran', ''),
          figure('skipped', ''),
          figure('failed', 'bad'),
          figure('dropped', 'warn'),
        ]}
      />
    </div>
  )
}
