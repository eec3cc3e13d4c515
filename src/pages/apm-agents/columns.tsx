/** The columns of both lists: settings, and services that ask for them. */
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import type { Column } from '../../ui/table/DataTable.tsx'
import styles from './ApmAgents.module.css'
import type { AgentConfigShown, AskingShown } from './contract.ts'
import { appliedOf, settingsText } from './prepare.ts'
import { deleteConfig } from './requests.ts'

type Of = { service: string; environment: string }

export function shownName({ service, environment }: Of): string {
  return `${service || t('apm.any')} / ${environment || t('apm.any')}`
}

function ofColumns<Row extends Of>(): Column<Row>[] {
  return [
    {
      id: 'service',
      title: t('apm.service'),
      width: '1fr',
      sort: (row) => row.service,
      cell: (row) =>
        row.service === '' ? <Anybody /> : <EntityLink kind="service" name={row.service} />,
    },
    {
      id: 'environment',
      title: t('apm.environment'),
      width: '1fr',
      sort: (row) => row.environment,
      cell: (row) => row.environment || <Anybody />,
    },
  ]
}

function Anybody() {
  return <span className={styles.any}>{t('apm.any')}</span>
}

export function configColumns(
  asking: readonly AskingShown[],
  onEdit: (name: string) => void,
): Column<AgentConfigShown>[] {
  return [
    ...ofColumns<AgentConfigShown>(),
    {
      id: 'settings',
      title: t('apm.settings'),
      width: '2fr',
      cell: ({ settings }) => (
        <span className={styles.text} title={settingsText(settings)}>
          {settingsText(settings)}
        </span>
      ),
    },
    {
      id: 'applied',
      title: t('apm.state'),
      width: 170,
      sort: (config) => appliedOf(config, asking).applied,
      cell: (config) => <AppliedState config={config} asking={asking} />,
    },
    {
      id: 'updated',
      title: t('apm.updated'),
      width: 190,
      sort: (config) => -config.updated_ms,
      cell: (config) => (
        <span className={styles.text}>
          <RelativeTime time_ms={config.updated_ms} /> · {config.updated_by}
        </span>
      ),
    },
    {
      id: 'act',
      title: t('apm.action'),
      width: 170,
      align: 'end',
      cell: (config) => <ConfigActions config={config} onEdit={() => onEdit(config.name)} />,
    },
  ]
}

type AppliedStateProps = { config: AgentConfigShown; asking: readonly AskingShown[] }

function AppliedState({ config, asking }: AppliedStateProps) {
  const { asked, applied } = appliedOf(config, asking)
  if (asked === 0) return <StatusDot status="unknown" label={t('apm.state.unasked')} />
  const status = applied === asked ? 'ok' : 'warn'
  return <StatusDot status={status} label={t('apm.state.applied', { applied, asked })} />
}

function ConfigActions({ config, onEdit }: { config: AgentConfigShown; onEdit: () => void }) {
  const name = shownName(config)
  return (
    <span className={styles.actions}>
      <Button kind="quiet" aria-label={t('apm.edit_named', { name })} onClick={onEdit}>
        {t('apm.edit_short')}
      </Button>
      <Button
        kind="danger"
        aria-label={t('apm.delete_named', { name })}
        onClick={() => deleteConfig(config, name)}
      >
        {t('apm.delete')}
      </Button>
    </span>
  )
}

export function askingColumns(configs: readonly AgentConfigShown[]): Column<AskingShown>[] {
  return [
    ...ofColumns<AskingShown>(),
    {
      id: 'config',
      title: t('apm.given'),
      width: '1fr',
      sort: (one) => one.config,
      cell: (one) => {
        const config = configs.find(({ name }) => name === one.config)
        return config === undefined ? t('apm.given.none') : shownName(config)
      },
    },
    {
      id: 'asked',
      title: t('apm.asked'),
      width: 150,
      sort: (one) => -one.asked_ms,
      cell: (one) => <RelativeTime time_ms={one.asked_ms} />,
    },
    {
      id: 'applied',
      title: t('apm.state'),
      width: 170,
      sort: (one) => one.applied_ms,
      cell: (one) => {
        if (one.config === '') return null
        if (one.applied_ms > 0) return <StatusDot status="ok" label={t('apm.state.has')} />
        return <StatusDot status="warn" label={t('apm.state.waits')} />
      },
    },
  ]
}
