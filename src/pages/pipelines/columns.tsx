/** The columns of the list of pipelines. */
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { Count, RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import type { Column } from '../../ui/table/DataTable.tsx'
import { Link } from '../../ui/url/Link.tsx'
import type { PipelineShown } from './contract.ts'
import { appliesTo } from './naming.ts'
import styles from './Pipelines.module.css'
import { deletePipeline } from './requests.ts'

export function AppliesTo({ name }: { name: string }) {
  const { reach, dataset } = appliesTo(name)
  const says = t(`pipelines.reach.${reach}`)
  return (
    <span className={`${styles.text} ${reach === 'called' ? styles.quiet : ''}`} title={says}>
      {says} {dataset === '' ? null : <code>{dataset}</code>}
    </span>
  )
}

export function pipelineColumns(isAdmin: boolean, isPhone: boolean): Column<PipelineShown>[] {
  const [name, applies, ...others] = ownColumns()
  if (isPhone) return [name!, ...countColumns()]
  const all = [name!, applies!, ...others, ...countColumns(), updatedColumn()]
  return isAdmin ? [...all, actColumn()] : all
}

function ownColumns(): Column<PipelineShown>[] {
  return [
    {
      id: 'name',
      title: t('pipelines.name'),
      width: '2fr',
      sort: (one) => one.name,
      cell: (one) => (
        <span className={styles.named}>
          <Link
            className={styles.nameLink}
            to={`/pipelines/${encodeURIComponent(one.name)}`}
            title={one.name}
          >
            {one.name}
          </Link>
          {one.is_running ? null : <Badge tone="bad">{t('pipelines.not_running')}</Badge>}
        </span>
      ),
    },
    {
      id: 'applies',
      title: t('pipelines.applies'),
      width: '2fr',
      sort: (one) => appliesTo(one.name).reach,
      cell: (one) => <AppliesTo name={one.name} />,
    },
    {
      id: 'description',
      title: t('pipelines.description'),
      width: '2fr',
      cell: ({ definition }) => (
        <span className={styles.text} title={definition.description}>
          {definition.description}
        </span>
      ),
    },
    {
      id: 'processors',
      title: t('pipelines.processors'),
      width: 92,
      align: 'end',
      sort: ({ definition }) => definition.processors?.length ?? 0,
      cell: ({ definition }) => definition.processors?.length ?? 0,
    },
  ]
}

function countColumns(): Column<PipelineShown>[] {
  return [
    {
      id: 'count',
      title: t('pipelines.ran'),
      hint: t('pipelines.since'),
      width: 84,
      align: 'end',
      sort: (one) => one.count,
      cell: (one) => <Count value={one.count} />,
    },
    {
      id: 'failed',
      title: t('pipelines.failed'),
      hint: t('pipelines.since'),
      width: 76,
      align: 'end',
      sort: (one) => one.failed,
      cell: (one) => (
        <span data-tone={one.failed > 0 ? 'bad' : ''} className={styles.figure}>
          <Count value={one.failed} />
        </span>
      ),
    },
    {
      id: 'dropped',
      title: t('pipelines.dropped'),
      hint: t('pipelines.since'),
      width: 84,
      align: 'end',
      sort: (one) => one.dropped,
      cell: (one) => (
        <span data-tone={one.dropped > 0 ? 'warn' : ''} className={styles.figure}>
          <Count value={one.dropped} />
        </span>
      ),
    },
  ]
}

function updatedColumn(): Column<PipelineShown> {
  return {
    id: 'updated',
    title: t('pipelines.updated'),
    width: 170,
    sort: (one) => -one.updated_ms,
    cell: (one) => (
      <span className={styles.text}>
        <RelativeTime time_ms={one.updated_ms} /> · {one.updated_by}
      </span>
    ),
  }
}

function actColumn(): Column<PipelineShown> {
  return {
    id: 'act',
    title: t('pipelines.action'),
    width: 96,
    align: 'end',
    cell: (one) => (
      <Button
        kind="danger"
        aria-label={t('pipelines.delete_named', { name: one.name })}
        onClick={() => deletePipeline(one)}
      >
        {t('pipelines.delete')}
      </Button>
    ),
  }
}
