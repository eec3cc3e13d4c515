/** The integrations of a policy, each with what it collects and its settings that are not usual. */
import { IconPlus } from '@tabler/icons-react'
import type { Integration } from '../../model/policy.ts'
import { integrationPlaces } from '../../model/policy.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { Toggle } from '../../ui/parts/Toggle.tsx'
import styles from './Fleet.module.css'
import { fieldsOf, valueAt } from './fields.ts'
import { IntegrationIcon } from './IntegrationIcon.tsx'
import { shownValue } from './prepare.ts'
import { tell } from './requests.ts'

type IntegrationsProps = {
  integrations: Integration[]
  is_admin: boolean
  selected: string
  onOpen: (id: string) => void
  onAdd: () => void
  publish: (next: Integration[], note: string) => Promise<void>
}

export function Integrations(props: IntegrationsProps) {
  const { integrations, is_admin, selected, onOpen, onAdd, publish } = props
  const add = (
    <Button kind="primary" icon={<IconPlus />} onClick={onAdd} disabled={!is_admin}>
      {t('fleet.integration.add')}
    </Button>
  )
  if (integrations.length === 0) {
    return (
      <EmptyState title={t('fleet.integration.none')} actions={add}>
        {t('fleet.integration.none.do')}
      </EmptyState>
    )
  }
  const turn = (integration: Integration, enabled: boolean) => {
    const next = integrations.map((one) => (one.id === integration.id ? { ...one, enabled } : one))
    const note = t(enabled ? 'fleet.note.on' : 'fleet.note.off', { name: integration.id })
    void tell(integration.id, publish(next, note))
  }
  return (
    <>
      <ul className={styles.cards}>
        {integrations.map((one) => (
          <li key={one.id} className={styles.card} data-selected={one.id === selected}>
            <IntegrationIcon type={one.type} />
            <div className={styles.cardText}>
              <button type="button" className={styles.cardName} onClick={() => onOpen(one.id)}>
                {t(`fleet.type.${one.type}`)}
                {one.id === one.type ? null : <code>{one.id}</code>}
                <Badge>{t(`fleet.place.${integrationPlaces[one.type]}`)}</Badge>
              </button>
              <p className={styles.cardSays}>{t(`fleet.type.${one.type}.says`)}</p>
              <Unusual integration={one} />
            </div>
            {is_admin ? (
              <Toggle
                label={t(one.enabled ? 'fleet.on' : 'fleet.off')}
                value={one.enabled}
                onChange={(enabled) => turn(one, enabled)}
              />
            ) : (
              <Badge>{t(one.enabled ? 'fleet.on' : 'fleet.off')}</Badge>
            )}
            <Button onClick={() => onOpen(one.id)}>{t('fleet.integration.configure')}</Button>
          </li>
        ))}
      </ul>
      <div>{add}</div>
    </>
  )
}

const shown_max = 4

/** What differs from the defaults is what somebody decided. */
function Unusual({ integration }: { integration: Integration }) {
  const settings = integration.settings as Record<string, unknown>
  const unusual = fieldsOf(integration.type).filter(({ path, initial }) => {
    const value = valueAt(settings, path)
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(initial)
  })
  if (unusual.length === 0) return null
  return (
    <p className={styles.unusual}>
      {unusual.slice(0, shown_max).map(({ path }) => (
        <code key={path}>
          {path}: {shownValue(valueAt(settings, path))}
        </code>
      ))}
      {unusual.length > shown_max ? <span>+{unusual.length - shown_max}</span> : null}
    </p>
  )
}
