/** The ingest tokens: a list, a form for a new one, and the new one's secret, shown once. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { NewTokenPanel } from './NewTokenPanel.tsx'
import { ReadyToken } from './ReadyToken.tsx'
import styles from './SettingsPage.module.css'
import { sharedColumns } from './TokenColumns.tsx'
import { environmentFor, type NewToken, type Token, useTokens } from './tokens.ts'

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
      {typeof step === 'object' ? (
        <ReadyToken
          name={step.name}
          token={step.token}
          snippet={{
            title: t('settings.tokens.snippet'),
            text: environmentFor(step.token, step.cluster, window.location.origin),
          }}
          onDone={() => setStep('list')}
        />
      ) : null}
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
    ...sharedColumns<Token>('/api/tokens'),
  ]
}
