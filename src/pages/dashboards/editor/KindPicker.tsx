/** The kind of a panel, chosen by its sign. */
import { t } from '../../../ui/i18n/translate.ts'
import { Tooltip } from '../../../ui/parts/Tooltip.tsx'
import { type PanelKind, panelKinds } from '../contract.ts'
import { kindIcons } from '../kind-icons.ts'
import styles from './Editor.module.css'

type KindProps = { value: PanelKind; onChange: (kind: PanelKind) => void }

export function KindPicker({ value, onChange }: KindProps) {
  return (
    <fieldset className={styles.kinds} aria-label={t('dashboards.kind')}>
      {panelKinds
        .filter((kind) => kind !== 'row' || value === 'row')
        .map((kind) => {
          const Icon = kindIcons[kind]
          const name = t(`dashboards.kind.${kind}`)
          return (
            <Tooltip key={kind} text={name}>
              <button
                type="button"
                aria-label={name}
                aria-pressed={kind === value}
                onClick={() => onChange(kind)}
              >
                <Icon aria-hidden="true" />
              </button>
            </Tooltip>
          )
        })}
    </fieldset>
  )
}
