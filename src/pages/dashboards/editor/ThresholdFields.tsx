/** From which value on a figure has which colour. */
import { IconPlus, IconX } from '@tabler/icons-react'
import { t } from '../../../ui/i18n/translate.ts'
import { Button, IconButton } from '../../../ui/parts/Button.tsx'
import { Select } from '../../../ui/parts/Select.tsx'
import { type Color, colors, type Thresholds } from '../contract.ts'
import { colorVar } from '../values.ts'
import styles from './Editor.module.css'

type ThresholdProps = { thresholds: Thresholds; onChange: (next: Thresholds) => void }

export function ThresholdFields({ thresholds, onChange }: ThresholdProps) {
  const { steps } = thresholds
  const put = (next: Thresholds['steps']) => onChange({ ...thresholds, steps: next })
  const add = () => {
    if (steps.length === 0) {
      return put([
        { from: null, color: 'ok' },
        { from: 80, color: 'bad' },
      ])
    }
    put([...steps, { from: (steps.at(-1)?.from ?? 0) + 10, color: 'bad' }])
  }
  return (
    <fieldset className={styles.list}>
      <legend>{t('dashboards.option.thresholds')}</legend>
      {steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps have no identity but their place.
        <div key={at} className={styles.item}>
          <span className={styles.swatch} style={{ background: colorVar(step.color) }} />
          <ColorSelect
            value={step.color}
            onChange={(color) => put(steps.with(at, { ...step, color }))}
          />
          {step.from === null ? (
            <span className={styles.quiet}>{t('dashboards.option.thresholds.base')}</span>
          ) : (
            <input
              className={styles.number}
              inputMode="decimal"
              aria-label={t('dashboards.option.thresholds.from')}
              defaultValue={step.from}
              onBlur={(event) => {
                const from = Number(event.target.value)
                if (Number.isFinite(from)) put(steps.with(at, { ...step, from }))
              }}
            />
          )}
          <IconButton label={t('dashboards.remove')} onClick={() => put(steps.toSpliced(at, 1))}>
            <IconX />
          </IconButton>
        </div>
      ))}
      <div>
        <Button kind="quiet" icon={<IconPlus />} onClick={add}>
          {t('dashboards.option.thresholds.add')}
        </Button>
      </div>
    </fieldset>
  )
}

type ColorProps = { value: Color; onChange: (color: Color) => void }

export function ColorSelect({ value, onChange }: ColorProps) {
  const choices = colors.map((color) => {
    const number = /^series-(\d+)$/.exec(color)?.[1]
    const label =
      number === undefined
        ? t(`dashboards.color.${color}`)
        : t('dashboards.color.series', { number })
    return { value: color, label }
  })
  return (
    <Select
      label={t('dashboards.color')}
      value={value}
      choices={choices}
      onChange={(color) => onChange(color as Color)}
    />
  )
}
