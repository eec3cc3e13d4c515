/** What is shown as a file: asked once more with as many rows as a file may have. */
import type { RangeAsk } from '../../model/question.ts'
import { askOnce, Refused } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { ExploreUrl } from './address.ts'
import { chartAsk, isCharted, languageAsk, needsField, rowsAsk } from './asks.ts'
import { type QueryRun, queryRun, tellingColumns } from './contract.ts'
import { download, type FileFormat } from './export.ts'
import { exploreRows, type FlatTable, fieldOf, flatTable } from './rows.ts'

export const exported_rows_max = 10_000

export async function exportResult(
  url: ExploreUrl,
  range: RangeAsk,
  format: FileFormat,
): Promise<void> {
  try {
    const run = await askOnce(queryRun, exportAsk(url, range))
    const table = exportTable(url, run)
    const rows = table.rows.slice(0, exported_rows_max)
    download({ ...table, rows }, fileName(url), format)
    const isCapped = run.capped || rows.length < table.rows.length
    const count = rows.length.toLocaleString('en')
    toast({ text: t(isCapped ? 'explore.exported_capped' : 'explore.exported', { count }) })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    toast({ text: t('explore.export_failed', { says: error.fault.says }), tone: 'bad' })
  }
}

/** Top values are exported when they are what is shown; otherwise rows. */
function exportAsk(url: ExploreUrl, range: RangeAsk) {
  if (url.language !== 'search') return languageAsk(url, range, exported_rows_max)
  if (isTop(url)) return { ...chartAsk(url, range), rows_max: exported_rows_max }
  return rowsAsk(url, range, exported_rows_max)
}

function isTop(url: ExploreUrl): boolean {
  return url.chart === 'top' && isCharted(url) && !needsField(url)
}

/** Rows in the columns that are shown, under their names. */
function exportTable(url: ExploreUrl, run: QueryRun): FlatTable {
  if (url.language !== 'search' || run.kind !== 'table' || isTop(url)) return flatTable(run)
  const names = shownColumns(url)
  const types = new Map(run.columns.map(({ name, type }) => [name, type]))
  return {
    columns: names.map((name) => ({ name, type: types.get(name) ?? 'string' })),
    rows: exploreRows(run).map((row) => names.map((name) => fieldOf(row, name))),
  }
}

export function shownColumns({ table, columns }: ExploreUrl): readonly string[] {
  if (columns.length === 0) return tellingColumns[table]
  return columns.includes('time') || table === 'metric_series' ? columns : ['time', ...columns]
}

function fileName({ language, table }: ExploreUrl): string {
  return `crowsnest-${language === 'search' ? table : language}`
}
