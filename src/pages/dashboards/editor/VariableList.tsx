/** The variables of a dashboard: added, ordered, changed and removed. */
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '../../../ui/i18n/translate.ts'
import { Button, IconButton } from '../../../ui/parts/Button.tsx'
import { Select } from '../../../ui/parts/Select.tsx'
import { TextInput } from '../../../ui/parts/TextInput.tsx'
import { Toggle } from '../../../ui/parts/Toggle.tsx'
import { type QueryLanguage, queryLanguages } from '../../explore/contract.ts'
import { type Variable, variableKinds } from '../contract.ts'
import styles from './Editor.module.css'

type ListProps = { variables: readonly Variable[]; onChange: (next: Variable[]) => void }

const plain: Omit<Variable, 'name'> = {
  ...{ label: '', kind: 'query', options: [], pattern: '', sort: 'up', is_multi: false },
  ...{ has_all: false, all: '', chosen: [], is_hidden: false },
  source: { language: 'promql', of: 'values', label: 'namespace', selector: '', query: '' },
}

export function VariableList({ variables, onChange }: ListProps) {
  const put = (at: number, next: Variable) => onChange(variables.with(at, next))
  const add = () => {
    const taken = new Set(variables.map(({ name }) => name))
    let number = variables.length + 1
    while (taken.has(`variable${number}`)) number += 1
    onChange([...variables, { ...plain, name: `variable${number}` }])
  }
  const raise = (at: number) => {
    const moved = variables[at]
    if (moved !== undefined) onChange(variables.toSpliced(at, 1).toSpliced(at - 1, 0, moved))
  }
  return (
    <div className={styles.options}>
      {variables.length === 0 ? <p>{t('dashboards.variables.none')}</p> : null}
      {variables.map((variable, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name changes while it is typed.
        <section key={at} className={styles.query} aria-label={variable.name}>
          <header>
            <strong>${variable.name}</strong>
            <span className={styles.end}>
              <IconButton
                label={t('dashboards.variable.raise')}
                disabled={at === 0}
                onClick={() => raise(at)}
              >
                <IconArrowUp />
              </IconButton>
              <IconButton
                label={t('dashboards.variable.remove', { name: variable.name })}
                onClick={() => onChange(variables.toSpliced(at, 1))}
              >
                <IconTrash />
              </IconButton>
            </span>
          </header>
          <VariableFields
            variable={variable}
            taken={variables.filter((_, index) => index !== at).map(({ name }) => name)}
            onChange={(next) => put(at, next)}
          />
        </section>
      ))}
      <div>
        <Button icon={<IconPlus />} onClick={add}>
          {t('dashboards.variable.add')}
        </Button>
      </div>
    </div>
  )
}

type FieldsProps = {
  variable: Variable
  taken: readonly string[]
  onChange: (next: Variable) => void
}

function VariableFields({ variable, taken, onChange }: FieldsProps) {
  const put = (change: Partial<Variable>) => onChange({ ...variable, ...change })
  const { kind } = variable
  const isChosen = kind === 'query' || kind === 'custom'
  return (
    <>
      <div className={styles.pair}>
        <NameField variable={variable} taken={taken} onName={(name) => put({ name })} />
        <TextInput
          label={t('dashboards.variable.label')}
          value={variable.label}
          onChange={(label) => put({ label })}
          maxLength={128}
        />
      </div>
      <Select
        label={t('dashboards.variable.kind')}
        show_label
        value={kind}
        choices={variableKinds.map((value) => ({
          value,
          label: t(`dashboards.variable.kind.${value}`),
        }))}
        onChange={(value) => put(ofKind(value as Variable['kind'], variable))}
      />
      {kind === 'query' ? <SourceFields variable={variable} put={put} /> : null}
      {kind === 'custom' || kind === 'interval' ? (
        <OptionsField variable={variable} put={put} />
      ) : null}
      {kind === 'text' || kind === 'constant' ? (
        <TextInput
          label={t('dashboards.variable.value')}
          value={variable.chosen[0] ?? ''}
          onChange={(value) => put({ chosen: [value] })}
        />
      ) : null}
      {isChosen ? (
        <div className={styles.pair}>
          <Toggle
            label={t('dashboards.variable.multi')}
            value={variable.is_multi}
            onChange={(is_multi) => put({ is_multi })}
          />
          <Toggle
            label={t('dashboards.variable.has_all')}
            value={variable.has_all}
            onChange={(has_all) => put({ has_all })}
          />
        </div>
      ) : null}
    </>
  )
}

function ofKind(kind: Variable['kind'], variable: Variable): Partial<Variable> {
  return kind === 'query' ? { kind, source: variable.source ?? plain.source } : { kind }
}

type NameProps = {
  variable: Variable
  taken: readonly string[]
  onName: (name: string) => void
}

function NameField({ variable, taken, onName }: NameProps) {
  const [typed, setTyped] = useState(variable.name)
  const isGood = /^[A-Za-z_]\w{0,63}$/.test(typed) && !taken.includes(typed)
  return (
    <TextInput
      label={t('dashboards.variable.name')}
      value={typed}
      onChange={(name) => {
        setTyped(name)
        if (/^[A-Za-z_]\w{0,63}$/.test(name) && !taken.includes(name)) onName(name)
      }}
      fault={isGood ? undefined : t('dashboards.variable.name.refused')}
    />
  )
}

type SourceProps = { variable: Variable; put: (change: Partial<Variable>) => void }
type Source = NonNullable<Variable['source']>

function SourceFields({ variable, put }: SourceProps) {
  const { source } = variable
  if (source === undefined) return null
  const set = (change: Partial<Source>) => put({ source: { ...source, ...change } })
  const ofs = ['values', 'labels', 'metrics', 'query'] as const
  return (
    <>
      <div className={styles.more}>
        <Select
          label={t('dashboards.language')}
          show_label
          value={source.language}
          choices={queryLanguages.map((value) => ({ value, label: value }))}
          onChange={(language) => set({ language: language as QueryLanguage })}
        />
        <Select
          label={t('dashboards.variable.of')}
          show_label
          value={source.of}
          choices={ofs.map((value) => ({ value, label: t(`dashboards.variable.of.${value}`) }))}
          onChange={(of) => set({ of: of as Source['of'] })}
        />
      </div>
      {source.of === 'query' ? (
        <TextInput
          label={t('dashboards.variable.query')}
          value={source.query}
          onChange={(query) => set({ query })}
        />
      ) : (
        <div className={styles.pair}>
          <TextInput
            label={t('dashboards.variable.source_label')}
            value={source.label}
            onChange={(label) => set({ label })}
          />
          <TextInput
            label={t('dashboards.variable.selector')}
            value={source.selector}
            onChange={(selector) => set({ selector })}
          />
        </div>
      )}
      <TextInput
        label={t('dashboards.variable.pattern')}
        value={variable.pattern}
        onChange={(pattern) => put({ pattern })}
        maxLength={1024}
      />
    </>
  )
}

function OptionsField({ variable, put }: SourceProps) {
  const [typed, setTyped] = useState(variable.options.map(written).join(', '))
  return (
    <TextInput
      label={t('dashboards.variable.options')}
      value={typed}
      hint={t('dashboards.variable.options.hint')}
      onChange={(text) => {
        setTyped(text)
        put({ options: optionsIn(text) })
      }}
    />
  )
}

function written({ value, shown }: Variable['options'][number]): string {
  return value === shown ? value : `${shown} : ${value}`
}

function optionsIn(text: string): Variable['options'] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [shown = part, value = shown] = part.split(' : ').map((one) => one.trim())
      return { value, shown }
    })
    .slice(0, 1000)
}
