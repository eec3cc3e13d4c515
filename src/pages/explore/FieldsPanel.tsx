/** Fields with their top values: filter for one or out, chart by a field, show it as a column. */
import { IconChartBar, IconColumnInsertRight } from '@tabler/icons-react'
import type { Asked } from '../../ui/ask/ask.ts'
import { FieldList } from '../../ui/entity/FieldList.tsx'
import { count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { IconButton } from '../../ui/parts/Button.tsx'
import type { ExploreUrl } from './address.ts'
import type { ExploreFields } from './contract.ts'
import styles from './Explore.module.css'
import { shownColumns } from './export-result.ts'
import { firstBreakdown } from './field-units.ts'
import type { OnFilter } from './SearchView.tsx'

type FieldsProps = {
  url: ExploreUrl
  asked: Asked<ExploreFields>
  onFilter: OnFilter
  onChart: (field: string) => void
  onColumns: (columns: readonly string[]) => void
}

export function FieldsPanel({ url, asked, onFilter, onChart, onColumns }: FieldsProps) {
  const columns = shownColumns(url)
  const toggle = (field: string) =>
    onColumns(
      columns.includes(field) ? columns.filter((one) => one !== field) : [...columns, field],
    )
  return (
    <Panel title={t('explore.fields')} asked={asked} className={styles.fields} flush>
      {(found) => (
        <div className={styles.fieldList}>
          <FieldList
            fields={found.field.map((name, at) => ({
              name,
              rows: found.present[at],
              values: (found.values[at] ?? []).map((value, nth) => ({
                value,
                rows: found.counts[at]?.[nth] ?? 0,
              })),
            }))}
            initially_open={[firstBreakdown[url.table]]}
            rows_all={found.sampled}
            onFilter={onFilter}
            actions={(field) => (
              <>
                <IconButton
                  label={t('explore.fields.chart', { field })}
                  pressed={url.group_by.includes(field)}
                  onClick={() => onChart(field)}
                >
                  <IconChartBar />
                </IconButton>
                <IconButton
                  label={t('explore.fields.column', { field })}
                  pressed={columns.includes(field)}
                  onClick={() => toggle(field)}
                >
                  <IconColumnInsertRight />
                </IconButton>
              </>
            )}
          />
          {found.sampled < found.total ? (
            <p className={styles.note}>
              {t('explore.fields.sampled', {
                sampled: count(found.sampled),
                total: count(found.total),
              })}
            </p>
          ) : null}
        </div>
      )}
    </Panel>
  )
}
