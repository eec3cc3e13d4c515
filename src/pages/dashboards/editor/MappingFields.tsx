/** Which values read as which words. */
import { IconPlus, IconX } from '@tabler/icons-react'
import { t } from '../../../ui/i18n/translate.ts'
import { Button, IconButton } from '../../../ui/parts/Button.tsx'
import type { Mapping } from '../contract.ts'
import styles from './Editor.module.css'
import { ColorSelect } from './ThresholdFields.tsx'

type MappingProps = { mappings: readonly Mapping[]; onChange: (next: Mapping[]) => void }

export function MappingFields({ mappings, onChange }: MappingProps) {
  const put = (at: number, change: Partial<Mapping>) =>
    onChange(mappings.map((one, index) => (index === at ? { ...one, ...change } : one)))
  return (
    <fieldset className={styles.list}>
      <legend>{t('dashboards.option.mappings')}</legend>
      {mappings.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: mappings have no identity but their place.
        <div key={at} className={styles.item}>
          {one.value === undefined ? (
            <code>{one.pattern ?? `${one.from ?? '−∞'} … ${one.to ?? '∞'}`}</code>
          ) : (
            <input
              className={styles.number}
              aria-label={t('dashboards.option.mappings.value')}
              value={one.value}
              onChange={(event) => put(at, { value: event.target.value })}
            />
          )}
          <span aria-hidden="true">→</span>
          <input
            className={styles.word}
            aria-label={t('dashboards.option.mappings.shown')}
            value={one.shown}
            onChange={(event) => put(at, { shown: event.target.value })}
          />
          <ColorSelect value={one.color ?? 'neutral'} onChange={(color) => put(at, { color })} />
          <IconButton
            label={t('dashboards.remove')}
            onClick={() => onChange(mappings.filter((_, index) => index !== at))}
          >
            <IconX />
          </IconButton>
        </div>
      ))}
      <div>
        <Button
          kind="quiet"
          icon={<IconPlus />}
          onClick={() => onChange([...mappings, { value: '1', shown: '' }])}
        >
          {t('dashboards.option.mappings.add')}
        </Button>
      </div>
    </fieldset>
  )
}
