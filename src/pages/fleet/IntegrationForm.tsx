/** Adding and configuring an integration in the drawer: its settings as a form, from its schema. */
import { useState } from 'react'
import {
  type Integration,
  type IntegrationType,
  integrationPlaces,
  integrationSchemas,
  integrationTypes,
} from '../../model/policy.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import { FieldInput } from './FieldInput.tsx'
import styles from './Fleet.module.css'
import { fieldsOf, freeId, isAsked, valueAt, withValue } from './fields.ts'
import { IntegrationIcon } from './IntegrationIcon.tsx'
import { tell } from './requests.ts'

type EditProps = {
  integration: Integration | undefined
  is_admin: boolean
  onClose: () => void
  save: (next: Integration) => Promise<void>
  remove: (id: string) => Promise<void>
}

export function IntegrationDrawer({ integration, is_admin, onClose, save, remove }: EditProps) {
  if (integration === undefined) return null
  const { id, type } = integration
  return (
    <Drawer
      open
      title={t(`fleet.type.${type}`)}
      onClose={onClose}
      actions={
        is_admin ? (
          <Button kind="danger" onClick={() => void tell(id, remove(id))}>
            {t('fleet.integration.remove')}
          </Button>
        ) : undefined
      }
    >
      <SettingsForm
        integration={integration}
        is_admin={is_admin}
        submit_label={t('fleet.integration.save')}
        save={save}
      />
    </Drawer>
  )
}

type NewProps = {
  /** '' closed, 'choose' the list of types, or a type. */
  chosen: string
  taken: readonly string[]
  onChoose: (type: string) => void
  onClose: () => void
  save: (next: Integration) => Promise<void>
}

export function NewIntegration({ chosen, taken, onChoose, onClose, save }: NewProps) {
  if (chosen === '') return null
  const type = integrationTypes.find((one) => one === chosen)
  const title = type === undefined ? t('fleet.integration.add') : t(`fleet.type.${type}`)
  return (
    <Drawer open title={title} onClose={onClose}>
      {type === undefined ? (
        <Catalogue onChoose={onChoose} />
      ) : (
        <SettingsForm
          integration={newOf(type, taken)}
          is_admin
          is_new
          submit_label={t('fleet.integration.add')}
          save={save}
        />
      )}
    </Drawer>
  )
}

function newOf(type: IntegrationType, taken: readonly string[]): Integration {
  const settings = integrationSchemas[type].parse({})
  return { id: freeId(type, taken), type, enabled: true, settings } as Integration
}

function Catalogue({ onChoose }: { onChoose: (type: string) => void }) {
  return (
    <ul className={styles.catalogue}>
      {integrationTypes.map((type) => (
        <li key={type}>
          <button type="button" className={styles.choice} onClick={() => onChoose(type)}>
            <IntegrationIcon type={type} />
            <span className={styles.cardText}>
              <span className={styles.cardName}>
                {t(`fleet.type.${type}`)}
                <Badge>{t(`fleet.place.${integrationPlaces[type]}`)}</Badge>
              </span>
              <span className={styles.cardSays}>{t(`fleet.type.${type}.says`)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

type FormProps = {
  integration: Integration
  is_admin: boolean
  is_new?: boolean
  submit_label: string
  save: (next: Integration) => Promise<void>
}

function SettingsForm({ integration, is_admin, is_new, submit_label, save }: FormProps) {
  const [id, setId] = useState(integration.id)
  const [settings, setSettings] = useState(integration.settings as Record<string, unknown>)
  const { submit, busy, fault } = useSubmit(() =>
    save({ ...integration, id, settings } as Integration),
  )
  return (
    <form
      className={styles.settings}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <p className={styles.note}>{t(`fleet.type.${integration.type}.says`)}</p>
      {is_new === true ? (
        <TextInput
          label={t('fleet.field.id')}
          hint={t('fleet.field.id.hint')}
          value={id}
          onChange={setId}
          pattern="[a-z0-9][a-z0-9_\-]{0,62}"
          required
        />
      ) : null}
      {fieldsOf(integration.type)
        .filter((field) => isAsked(field, settings))
        .map((field) => (
          <FieldInput
            key={field.path}
            field={field}
            value={valueAt(settings, field.path)}
            is_fixed={!is_admin}
            onChange={(value) => setSettings((now) => withValue(now, field.path, value))}
          />
        ))}
      {fault === undefined ? null : <FaultNote fault={fault} />}
      {is_admin ? (
        <div className={styles.formEnd}>
          <Button kind="primary" type="submit" busy={busy}>
            {submit_label}
          </Button>
          <span className={styles.note}>{t('fleet.integration.staged')}</span>
        </div>
      ) : null}
    </form>
  )
}
