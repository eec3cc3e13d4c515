/**
 * The tokens of tools that read, such as Grafana: a list, a form that says what a new one may see,
 * and its secret, shown once with the addresses to use it at.
 */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { Toggle } from '../../ui/parts/Toggle.tsx'
import { useSubmit } from '../../ui/submit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { ReadyToken } from './ReadyToken.tsx'
import styles from './SettingsPage.module.css'
import { sharedColumns } from './TokenColumns.tsx'
import {
  createReadToken,
  dataSourcesAt,
  type NewToken,
  type ReadToken,
  readScopeOf,
  useReadTokens,
} from './tokens.ts'

const classes = ['logs', 'metrics', 'traces', 'kubernetes', 'security'] as const

export function ReadTokens() {
  const asked = useReadTokens()
  const [step, setStep] = useState<'list' | 'new' | (NewToken & { name: string })>('list')
  const create = (
    <Button kind="primary" onClick={() => setStep('new')}>
      {t('settings.reading.create')}
    </Button>
  )
  return (
    <>
      {step === 'new' ? <NewReadToken onMade={setStep} onCancel={() => setStep('list')} /> : null}
      {typeof step === 'object' ? (
        <ReadyToken
          name={step.name}
          token={step.token}
          snippet={{
            title: t('settings.reading.snippet'),
            text: dataSourcesAt(window.location.origin),
          }}
          onDone={() => setStep('list')}
        />
      ) : null}
      <Panel
        title={t('settings.reading')}
        question={t('settings.reading.says')}
        actions={step === 'list' ? create : undefined}
        asked={asked}
        is_empty={(tokens) => tokens.length === 0}
        empty={{ title: t('settings.reading.none'), do: t('settings.reading.none.do') }}
        flush
      >
        {(tokens) => (
          <div className={styles.list}>
            <DataTable
              label={t('settings.reading')}
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

function columns(): Column<ReadToken>[] {
  return [
    {
      id: 'name',
      title: t('settings.tokens.name'),
      width: '2fr',
      sort: (token) => token.name,
      cell: (token) => token.name,
    },
    {
      id: 'sees',
      title: t('settings.reading.sees'),
      width: '3fr',
      cell: (token) => seen(token),
    },
    ...sharedColumns<ReadToken>('/api/read-tokens'),
  ]
}

/** `prod · shop, pay · logs`; all of a kind is said once. */
function seen({ scope }: ReadToken): string {
  const parts = [scope.clusters, scope.namespaces, scope.classes].filter((part) => part !== 'all')
  if (parts.length === 0) return t('settings.reading.everything')
  return parts.map((part) => (part as string[]).join(', ')).join(' · ')
}

type NewReadTokenProps = {
  onMade: (made: NewToken & { name: string }) => void
  onCancel: () => void
}

function NewReadToken({ onMade, onCancel }: NewReadTokenProps) {
  const [name, setName] = useState('')
  const [clusters, setClusters] = useState('')
  const [namespaces, setNamespaces] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(classes)
  const { submit, busy, fault } = useSubmit(async () => {
    const scope = readScopeOf(clusters, namespaces, chosen, classes.length)
    onMade({ ...(await createReadToken(name, scope)), name })
  })
  const toggle = (one: string, is_on: boolean) =>
    setChosen(classes.filter((each) => (each === one ? is_on : chosen.includes(each))))
  const place = (label: string, hint: string, value: string, onChange: (text: string) => void) => (
    <TextInput label={label} hint={hint} value={value} onChange={onChange} maxLength={2000} />
  )
  return (
    <Panel title={t('settings.reading.new')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextInput
          label={t('settings.tokens.name')}
          hint={t('settings.reading.name_hint')}
          value={name}
          onChange={setName}
          maxLength={64}
          autoFocus
          required
        />
        {place(
          t('settings.reading.clusters'),
          t('settings.reading.places_hint'),
          clusters,
          setClusters,
        )}
        {place(
          t('settings.reading.namespaces'),
          t('settings.reading.places_hint'),
          namespaces,
          setNamespaces,
        )}
        <fieldset className={styles.classes}>
          <legend>{t('settings.reading.classes')}</legend>
          {classes.map((one) => (
            <Toggle
              key={one}
              label={t(`settings.reading.class.${one}`)}
              value={chosen.includes(one)}
              onChange={(is_on) => toggle(one, is_on)}
            />
          ))}
        </fieldset>
        {fault === undefined ? null : <FaultNote fault={fault} />}
        <div className={styles.actions}>
          <Button kind="primary" type="submit" busy={busy} disabled={chosen.length === 0}>
            {t('settings.reading.create')}
          </Button>
          <Button kind="quiet" onClick={onCancel}>
            {t('ui.cancel')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
