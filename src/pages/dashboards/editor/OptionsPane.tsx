/** How a panel looks: title, unit, thresholds, legend and what its kind needs beside them. */
import { t } from '../../../ui/i18n/translate.ts'
import { Select } from '../../../ui/parts/Select.tsx'
import { TextInput } from '../../../ui/parts/TextInput.tsx'
import { Toggle } from '../../../ui/parts/Toggle.tsx'
import {
  calcs,
  type PanelKind,
  type PanelModel,
  type PanelOptions,
  type Variable,
} from '../contract.ts'
import styles from './Editor.module.css'
import { MappingFields } from './MappingFields.tsx'
import { ThresholdFields } from './ThresholdFields.tsx'

type PaneProps = {
  panel: PanelModel
  variables: readonly Variable[]
  onChange: (next: PanelModel) => void
}
type Put = (change: Partial<PanelOptions>) => void

const withValues: readonly PanelKind[] = [
  ...(['time_series', 'stat', 'gauge', 'bar', 'table', 'heatmap', 'waffle'] as const),
]
const withCalc: readonly PanelKind[] = ['stat', 'gauge', 'bar', 'waffle']

export function OptionsPane({ panel, variables, onChange }: PaneProps) {
  const { options, kind } = panel
  const put: Put = (change) => onChange({ ...panel, options: { ...options, ...change } })
  return (
    <div className={styles.options}>
      <TextInput
        label={t('dashboards.panel.title')}
        value={panel.title}
        onChange={(title) => onChange({ ...panel, title })}
        maxLength={1024}
      />
      {kind === 'row' ? null : (
        <TextInput
          label={t('dashboards.panel.description')}
          value={panel.description}
          onChange={(description) => onChange({ ...panel, description })}
          maxLength={8192}
        />
      )}
      {kind === 'time_series' ? <ChartFields options={options} put={put} /> : null}
      {withCalc.includes(kind) ? <FigureFields kind={kind} options={options} put={put} /> : null}
      {withValues.includes(kind) ? <ValueFields options={options} put={put} /> : null}
      {kind === 'logs' ? <OrderField options={options} put={put} /> : null}
      {withValues.includes(kind) ? (
        <>
          <ThresholdFields
            thresholds={options.thresholds}
            onChange={(thresholds) => put({ thresholds })}
          />
          {kind === 'time_series' ? (
            <Toggle
              label={t('dashboards.option.lines')}
              value={options.has_lines}
              onChange={(has_lines) => put({ has_lines })}
            />
          ) : null}
          <MappingFields mappings={options.mappings} onChange={(mappings) => put({ mappings })} />
        </>
      ) : null}
      <RepeatFields panel={panel} variables={variables} onChange={onChange} />
    </div>
  )
}

type FieldsProps = { options: PanelOptions; put: Put }

function choices<const Value extends string>(of: string, values: readonly Value[]) {
  return values.map((value) => ({ value, label: t(`dashboards.option.${of}.${value}`) }))
}

function ChartFields({ options, put }: FieldsProps) {
  return (
    <>
      <Select
        label={t('dashboards.option.draw')}
        show_label
        value={options.draw}
        choices={choices('draw', ['line', 'area', 'bar'])}
        onChange={(draw) => put({ draw: draw as PanelOptions['draw'] })}
      />
      <Select
        label={t('dashboards.option.stacking')}
        show_label
        value={options.stacking}
        choices={choices('stacking', ['none', 'normal', 'percent'])}
        onChange={(stacking) => put({ stacking: stacking as PanelOptions['stacking'] })}
      />
      <Select
        label={t('dashboards.option.legend')}
        show_label
        value={options.legend}
        choices={choices('legend', ['auto', 'none', 'bottom', 'table'])}
        onChange={(legend) => put({ legend: legend as PanelOptions['legend'] })}
      />
    </>
  )
}

function FigureFields({ kind, options, put }: FieldsProps & { kind: PanelKind }) {
  return (
    <>
      <Select
        label={t('dashboards.option.calc')}
        show_label
        value={options.calc}
        choices={choices('calc', calcs)}
        onChange={(calc) => put({ calc: calc as PanelOptions['calc'] })}
      />
      {kind === 'stat' ? (
        <>
          <Select
            label={t('dashboards.option.colors')}
            show_label
            value={options.colors}
            choices={choices('colors', ['value', 'ground', 'none'])}
            onChange={(colors) => put({ colors: colors as PanelOptions['colors'] })}
          />
          <Toggle
            label={t('dashboards.option.past')}
            value={options.has_past}
            onChange={(has_past) => put({ has_past })}
          />
        </>
      ) : null}
      {kind === 'waffle' ? (
        <TextInput
          label={t('dashboards.group_by')}
          value={options.group_by}
          onChange={(group_by) => put({ group_by })}
          placeholder="namespace"
        />
      ) : null}
    </>
  )
}

const units = ['', '1', '%', 's', 'ms', 'ns', 'By', 'By/s', '/s', 'bit/s', '{cpu}', 'none']

function ValueFields({ options, put }: FieldsProps) {
  const number = (text: string) => (text.trim() === '' ? undefined : Number(text))
  const set = (name: 'decimals' | 'min' | 'max') => (text: string) => {
    const value = number(text)
    if (value !== undefined && !Number.isFinite(value)) return
    const { [name]: _, ...rest } = options
    const told = name === 'decimals' && value !== undefined ? clamped(value) : value
    put({ ...rest, [name]: told } as Partial<PanelOptions>)
  }
  return (
    <div className={styles.pair}>
      <TextInput
        label={t('dashboards.option.unit')}
        value={options.unit}
        onChange={(unit) => put({ unit })}
        list="dashboard-units"
        maxLength={64}
      />
      <datalist id="dashboard-units">
        {units.map((unit) => (
          <option key={unit} value={unit} />
        ))}
      </datalist>
      {(['decimals', 'min', 'max'] as const).map((name) => (
        <TextInput
          key={name}
          label={t(`dashboards.option.${name}`)}
          value={String(options[name] ?? '')}
          onChange={set(name)}
          inputMode="decimal"
        />
      ))}
    </div>
  )
}

function clamped(value: number): number {
  return Math.min(10, Math.max(0, Math.round(value)))
}

function OrderField({ options, put }: FieldsProps) {
  return (
    <Select
      label={t('dashboards.option.order')}
      show_label
      value={options.order}
      choices={choices('order', ['newest', 'oldest'])}
      onChange={(order) => put({ order: order as PanelOptions['order'] })}
    />
  )
}

function RepeatFields({ panel, variables, onChange }: PaneProps) {
  if (variables.length === 0) return null
  const { repeat, ...rest } = panel
  const set = (variable: string) => {
    const next = { way: 'right' as const, per_row: 4, ...repeat, variable }
    onChange(variable === '-' ? rest : { ...rest, repeat: next })
  }
  return (
    <Select
      label={t('dashboards.option.repeat')}
      show_label
      value={repeat?.variable ?? '-'}
      choices={[
        { value: '-', label: t('dashboards.option.repeat.no') },
        ...variables.map(({ name, label }) => ({ value: name, label: label || name })),
      ]}
      onChange={set}
    />
  )
}
