/** Enrolment tokens: what each may do, how often it was used, and taking it back. */
import { IconPlus } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { flag } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import type { EnrolmentTokenShown } from './contract.ts'
import { NewTokenForm } from './NewTokenForm.tsx'
import { revokeToken, useTokens } from './requests.ts'

const shape = { new: flag(false) }
const onPhone = new Set(['name', 'state', 'act'])

export function TokensPanel() {
  const asked = useTokens()
  const isPhone = useIsPhone()
  const [url, setUrl] = useUrl(shape)
  const create = (
    <Button icon={<IconPlus />} onClick={() => setUrl({ new: true })}>
      {t('fleet.tokens.create')}
    </Button>
  )
  return (
    <>
      {url.new ? <NewTokenForm onDone={() => setUrl({ new: false })} /> : null}
      <Panel
        title={t('fleet.view.tokens')}
        question={t('fleet.tokens.says')}
        actions={url.new ? undefined : create}
        asked={asked}
        is_empty={(answer) => answer.tokens.length === 0}
        empty={{ title: t('fleet.tokens.none'), do: t('fleet.tokens.none.do') }}
        flush
        grow
      >
        {(answer) => (
          <DataTable
            label={t('fleet.view.tokens')}
            rows={answer.tokens}
            columns={columns().filter(({ id }) => !isPhone || onPhone.has(id))}
            row_id={(token) => token.id}
            row_height={36}
          />
        )}
      </Panel>
    </>
  )
}

/** What keeps it from opening the door. */
function endOf(token: EnrolmentTokenShown): 'revoked' | 'expired' | 'used' | undefined {
  if (token.revoked_ms !== null) return 'revoked'
  if (token.expires_ms !== null && token.expires_ms <= Date.now()) return 'expired'
  return token.uses_max !== null && token.uses >= token.uses_max ? 'used' : undefined
}

function columns(): Column<EnrolmentTokenShown>[] {
  return [...whatItOpens(), ...howItStands()]
}

function whatItOpens(): Column<EnrolmentTokenShown>[] {
  return [
    {
      id: 'name',
      title: t('fleet.name'),
      width: '2fr',
      sort: (token) => token.name,
      cell: (token) => token.name,
    },
    {
      id: 'policy',
      title: t('fleet.policy'),
      width: '1fr',
      sort: (token) => token.policy_name,
      cell: (token) => token.policy_name,
    },
    {
      id: 'cluster',
      title: t('fleet.cluster'),
      width: '1fr',
      sort: (token) => token.cluster,
      cell: (token) => token.cluster || t('fleet.tokens.any_cluster'),
    },
  ]
}

function howItStands(): Column<EnrolmentTokenShown>[] {
  return [
    {
      id: 'uses',
      title: t('fleet.tokens.uses'),
      width: 100,
      align: 'end',
      sort: (token) => token.uses,
      cell: (token) => `${token.uses} / ${token.uses_max ?? '∞'}`,
    },
    {
      id: 'expires',
      title: t('fleet.tokens.expires'),
      width: 130,
      sort: (token) => token.expires_ms ?? Number.POSITIVE_INFINITY,
      cell: (token) =>
        token.expires_ms === null ? t('fleet.never') : <RelativeTime time_ms={token.expires_ms} />,
    },
    {
      id: 'created',
      title: t('fleet.tokens.created'),
      width: 180,
      sort: (token) => -token.created_ms,
      cell: (token) => (
        <>
          <RelativeTime time_ms={token.created_ms} /> · {token.created_by}
        </>
      ),
    },
    {
      id: 'state',
      title: t('fleet.state'),
      width: 110,
      sort: (token) => endOf(token) ?? '',
      cell: (token) => {
        const end = endOf(token)
        const label = t(`fleet.tokens.${end ?? 'active'}`)
        return <StatusDot status={end === undefined ? 'ok' : 'unknown'} label={label} />
      },
    },
    {
      id: 'act',
      title: t('fleet.tokens.action'),
      width: 110,
      align: 'end',
      cell: (token) =>
        token.revoked_ms !== null ? null : (
          <Button
            kind="danger"
            aria-label={t('fleet.tokens.revoke_named', { name: token.name })}
            onClick={() => revokeToken(token)}
          >
            {t('fleet.tokens.revoke')}
          </Button>
        ),
    },
  ]
}
