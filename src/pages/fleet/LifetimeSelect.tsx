/** How long an enrolment token opens the door: a day unless somebody chooses otherwise. */
import { t } from '../../ui/i18n/translate.ts'
import { Select } from '../../ui/parts/Select.tsx'

/** 0: it never ends. */
const lifetimes_hours = [1, 24, 168, 0] as const

type Props = { hours: number; onChange: (hours: number) => void }

export function LifetimeSelect({ hours, onChange }: Props) {
  return (
    <Select
      label={t('fleet.tokens.expires')}
      show_label
      value={String(hours)}
      choices={lifetimes_hours.map((many) => ({
        value: String(many),
        label: t(`fleet.hours.${many}`),
      }))}
      onChange={(many) => onChange(Number(many))}
    />
  )
}
