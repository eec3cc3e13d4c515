/** The form for settings of one service's agents: for whom they are, and a line a setting. */
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button, IconButton } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import styles from './ApmAgents.module.css'
import { type AgentConfigShown, type AskingShown, knownSettings } from './contract.ts'
import { rowsOf, type SettingRow, settingsOf } from './prepare.ts'
import { saveConfig } from './requests.ts'

type ConfigFormProps = {
  /** What is edited; undefined is a new one. */
  config: AgentConfigShown | undefined
  asking: readonly AskingShown[]
  onDone: () => void
}

const first: SettingRow = { id: 0, key: 'transaction_sample_rate', value: '' }

export function ConfigForm({ config, asking, onDone }: ConfigFormProps) {
  const [service, setService] = useState(config?.service ?? '')
  const [environment, setEnvironment] = useState(config?.environment ?? '')
  const [rows, setRows] = useState<SettingRow[]>(config ? rowsOf(config.settings) : [first])
  const { submit, busy, fault } = useSubmit(async () => {
    const { agent_name = '' } = config ?? {}
    await saveConfig({ service, environment, agent_name, settings: settingsOf(rows) })
    onDone()
  })
  const isEmpty = Object.keys(settingsOf(rows)).length === 0
  return (
    <Panel title={t(config === undefined ? 'apm.new' : 'apm.edit')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <div className={styles.of}>
          <Known
            label={t('apm.service')}
            hint={t('apm.service.hint')}
            value={service}
            onChange={setService}
            known={asking.map((one) => one.service)}
            isFixed={config !== undefined}
          />
          <Known
            label={t('apm.environment')}
            hint={t('apm.environment.hint')}
            value={environment}
            onChange={setEnvironment}
            known={asking.map((one) => one.environment)}
            isFixed={config !== undefined}
          />
        </div>
        <SettingRows rows={rows} onChange={setRows} />
        {fault === undefined ? null : <FaultNote fault={fault} />}
        <div className={styles.actions}>
          <Button kind="primary" type="submit" busy={busy} disabled={isEmpty}>
            {t('apm.save')}
          </Button>
          <Button kind="quiet" onClick={onDone}>
            {t('ui.cancel')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}

type KnownProps = {
  label: string
  hint: string
  value: string
  onChange: (value: string) => void
  known: readonly string[]
  isFixed: boolean
}

/** A text with the names that were heard of as suggestions. */
function Known({ label, hint, value, onChange, known, isFixed }: KnownProps) {
  const list = useId()
  const names = [...new Set(known)].filter((name) => name !== '').sort()
  return (
    <>
      <TextInput
        label={label}
        hint={hint}
        value={value}
        onChange={onChange}
        list={list}
        placeholder={t('apm.any')}
        maxLength={200}
        disabled={isFixed}
      />
      <datalist id={list}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}

type SettingRowsProps = { rows: readonly SettingRow[]; onChange: (rows: SettingRow[]) => void }

function SettingRows({ rows, onChange }: SettingRowsProps) {
  const keys = useId()
  const change = (id: number, patch: Partial<SettingRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...patch } : row)))
  const add = () => {
    const id = Math.max(0, ...rows.map((row) => row.id)) + 1
    onChange([...rows, { id, key: '', value: '' }])
  }
  return (
    <div className={styles.settings}>
      <h3>{t('apm.settings')}</h3>
      <datalist id={keys}>
        {knownSettings.map(({ key }) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      {rows.map((row) => (
        <SettingLine
          key={row.id}
          row={row}
          keys={keys}
          onChange={(patch) => change(row.id, patch)}
          onRemove={() => onChange(rows.filter(({ id }) => id !== row.id))}
        />
      ))}
      <div className={styles.actions}>
        <Button icon={<IconPlus />} onClick={add}>
          {t('apm.setting.add')}
        </Button>
      </div>
    </div>
  )
}

type SettingLineProps = {
  row: SettingRow
  /** The list of known keys. */
  keys: string
  onChange: (patch: Partial<SettingRow>) => void
  onRemove: () => void
}

function SettingLine({ row, keys, onChange, onRemove }: SettingLineProps) {
  const choices = useId()
  const known = knownSettings.find(({ key }) => key === row.key)
  return (
    <div className={styles.setting}>
      <TextInput
        label={t('apm.setting.key')}
        quiet_label
        hint={known === undefined ? undefined : t(`apm.setting.${known.key}`)}
        value={row.key}
        onChange={(key) => onChange({ key })}
        list={keys}
        maxLength={100}
      />
      <TextInput
        label={t('apm.setting.value')}
        quiet_label
        hint={known === undefined ? undefined : t('apm.setting.example', { value: known.example })}
        value={row.value}
        onChange={(value) => onChange({ value })}
        list={choices}
        maxLength={1024}
      />
      <datalist id={choices}>
        {known?.choices.map((choice) => (
          <option key={choice} value={choice} />
        ))}
      </datalist>
      <IconButton label={t('apm.setting.remove', { key: row.key })} onClick={onRemove}>
        <IconTrash />
      </IconButton>
    </div>
  )
}
