/** All policies: who runs them, which revision, and what is rolling out now. */
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { defaultPolicy } from '../../model/policy.ts'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Count, RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge, StatusDot } from '../../ui/parts/Marks.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useSubmit } from '../../ui/submit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { flag } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { agentStatuses, type PolicyShown } from './contract.ts'
import styles from './Fleet.module.css'
import { toneOf } from './prepare.ts'
import { createPolicy, usePolicies } from './requests.ts'

const shape = { new: flag(false) }
const onPhone = new Set(['name', 'agents'])
const pathOf = (id: string) => `/agents/policies/${encodeURIComponent(id)}`

export function PoliciesPanel() {
  const asked = usePolicies()
  const isPhone = useIsPhone()
  const [url, setUrl] = useUrl(shape)
  return (
    <>
      {url.new ? <NewPolicy onCancel={() => setUrl({ new: false })} /> : null}
      <Panel
        title={t('fleet.view.policies')}
        question={t('fleet.policies.says')}
        actions={
          url.new ? undefined : (
            <Button icon={<IconPlus />} onClick={() => setUrl({ new: true })}>
              {t('fleet.policies.create')}
            </Button>
          )
        }
        asked={asked}
        is_empty={(answer) => answer.policies.length === 0}
        empty={{ title: t('fleet.policies.none'), do: t('fleet.policies.none.do') }}
        flush
        grow
      >
        {(answer) => (
          <DataTable
            label={t('fleet.view.policies')}
            rows={answer.policies}
            columns={columns().filter(({ id }) => !isPhone || onPhone.has(id))}
            row_id={(row) => row.id}
            row_height={40}
            onOpen={(row) => go(href(pathOf(row.id)))}
          />
        )}
      </Panel>
    </>
  )
}

function columns(): Column<PolicyShown>[] {
  return [
    {
      id: 'name',
      title: t('fleet.name'),
      width: '2fr',
      sort: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          <strong>{row.name}</strong>
          <span className={styles.reason}>{row.description}</span>
        </span>
      ),
    },
    {
      id: 'revision',
      title: t('fleet.revision.title'),
      width: 190,
      sort: (row) => row.active_revision,
      cell: (row) => (
        <span className={styles.name}>
          <Badge>{t('fleet.revision', { revision: row.active_revision })}</Badge>
          <Going policy={row} />
        </span>
      ),
    },
    {
      id: 'agents',
      title: t('fleet.view.agents'),
      width: 90,
      align: 'end',
      sort: (row) => row.agents,
      cell: (row) => <Count value={row.agents} />,
    },
    {
      id: 'statuses',
      title: t('fleet.status'),
      width: '1fr',
      cell: (row) => (
        <span className={styles.statuses}>
          {agentStatuses
            .filter((status) => (row.statuses[status] ?? 0) > 0)
            .map((status) => (
              <StatusDot
                key={status}
                status={toneOf[status]}
                label={`${row.statuses[status]} ${t(`fleet.status.${status}`)}`}
              />
            ))}
        </span>
      ),
    },
    {
      id: 'updated',
      title: t('fleet.policies.updated'),
      width: 190,
      sort: (row) => -row.updated_ms,
      cell: (row) => (
        <>
          <RelativeTime time_ms={row.updated_ms} /> · {row.updated_by}
        </>
      ),
    },
  ]
}

function Going({ policy }: { policy: PolicyShown }) {
  const { rollout, revision, active_revision } = policy
  if (rollout !== undefined) {
    const { running, agents } = rollout
    return <Badge tone="accent">{t('fleet.rollout.short', { revision, running, agents })}</Badge>
  }
  if (revision === active_revision) return null
  return <Badge tone="bad">{t('fleet.rollout.put_back_short', { revision })}</Badge>
}

function NewPolicy({ onCancel }: { onCancel: () => void }) {
  const [name, setName] = useState('')
  const [kind, setKind] = useState<'kubernetes' | 'host' | 'empty'>('kubernetes')
  const { submit, busy, fault } = useSubmit(async () => {
    const document = kind === 'empty' ? { integrations: [] } : defaultPolicy(kind)
    const about = { name, description: '', unenroll_after_s: 3_600 }
    const { id } = await createPolicy(about, document)
    go(href(pathOf(id)))
  })
  return (
    <Panel title={t('fleet.policies.new')}>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextInput
          label={t('fleet.name')}
          value={name}
          onChange={setName}
          maxLength={64}
          autoFocus
          required
        />
        <Select
          label={t('fleet.policies.begin')}
          show_label
          value={kind}
          choices={(['kubernetes', 'host', 'empty'] as const).map((value) => ({
            value,
            label: t(`fleet.policies.begin.${value}`),
          }))}
          onChange={(value) => setKind(value as typeof kind)}
        />
        <Button kind="primary" type="submit" busy={busy}>
          {t('fleet.policies.create')}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          {t('ui.cancel')}
        </Button>
      </form>
      {fault === undefined ? null : <FaultNote fault={fault} />}
    </Panel>
  )
}
