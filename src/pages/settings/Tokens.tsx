/** The ingest tokens: a list, a form for a new one, and the new one's secret, shown once. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { StatusDot } from '../../ui/parts/Marks.tsx'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { NewTokenPanel } from './NewTokenPanel.tsx'
import { ReadyToken } from './ReadyToken.tsx'
import styles from './SettingsPage.module.css'
import { type NewToken, revokeToken, type Token, useTokens } from './tokens.ts'

type Ready = NewToken & { name: string; cluster: string }

export function Tokens() {
  const asked = useTokens()
  const [step, setStep] = useState<'list' | 'new' | Ready>('list')
  const create = (
    <Button kind="primary" onClick={() => setStep('new')}>
      {t('settings.tokens.create')}
    </Button>
  )
  return (
    <>
      {step === 'new' ? <NewTokenPanel onMade={setStep} onCancel={() => setStep('list')} /> : null}
      {typeof step === 'object' ? <ReadyToken {...step} onDone={() => setStep('list')} /> : null}
      <Panel
        title={t('settings.tokens')}
        question={t('settings.tokens.says')}
        actions={step === 'list' ? create : undefined}
        asked={asked}
        is_empty={(tokens) => tokens.length === 0}
        empty={{ title: t('settings.tokens.none'), do: t('settings.tokens.none.do') }}
        flush
      >
        {(tokens) => (
          <div className={styles.list}>
            <DataTable
              label={t('settings.tokens')}
              rows={tokens}
              columns={columns()}
              row_id={(token) => token.id}
              row_height={36}
              height={Math.min(560, 40 + tokens.length * 36)}
            />
          </div>
        )}
      </Panel>
    </>
  )
}

function columns(): Column<Token>[] {
  return [
    {
      id: 'name',
      title: t('settings.tokens.name'),
      width: '2fr',
      sort: (token) => token.name,
      cell: (token) => token.name,
    },
    {
      id: 'cluster',
      title: t('settings.tokens.cluster'),
      width: '2fr',
      sort: (token) => token.cluster,
      cell: (token) => token.cluster,
    },
    {
      id: 'created',
      title: t('settings.tokens.created'),
      width: '1fr',
      sort: (token) => token.created_ms,
      cell: (token) => <RelativeTime time_ms={token.created_ms} />,
    },
    {
      id: 'used',
      title: t('settings.tokens.used'),
      width: '1fr',
      sort: (token) => token.last_used_ms ?? 0,
      cell: (token) =>
        token.last_used_ms === null ? (
          t('settings.tokens.never')
        ) : (
          <RelativeTime time_ms={token.last_used_ms} />
        ),
    },
    {
      id: 'state',
      title: t('settings.tokens.state'),
      width: '1fr',
      sort: (token) => (token.revoked_ms === null ? 1 : 0),
      cell: (token) => <State token={token} />,
    },
    {
      id: 'act',
      title: t('settings.tokens.action'),
      width: 110,
      align: 'end',
      cell: (token) => <Revoke token={token} />,
    },
  ]
}

function State({ token }: { token: Token }) {
  if (token.revoked_ms === null) {
    return <StatusDot status="ok" label={t('settings.tokens.active')} />
  }
  return <StatusDot status="unknown" label={t('settings.tokens.revoked')} />
}

function Revoke({ token }: { token: Token }) {
  if (token.revoked_ms !== null) return null
  return (
    <Button
      kind="danger"
      aria-label={t('settings.tokens.revoke_named', { name: token.name })}
      onClick={() => revokeToken(token)}
    >
      {t('settings.tokens.revoke')}
    </Button>
  )
}
