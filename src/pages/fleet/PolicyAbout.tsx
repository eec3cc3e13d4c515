/** A policy's name, when silent agents leave, and removing it. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import { go, href } from '../../ui/url/location.ts'
import type { PolicyWhole } from './contract.ts'
import styles from './Fleet.module.css'
import { describePolicy, removePolicy } from './requests.ts'

export function PolicyAbout({ policy, is_admin }: { policy: PolicyWhole; is_admin: boolean }) {
  const [name, setName] = useState(policy.name)
  const [description, setDescription] = useState(policy.description)
  const [silent, setSilent] = useState(String(policy.unenroll_after_s))
  const saving = useSubmit(async () => {
    const about = { name, description, unenroll_after_s: Number(silent) }
    await describePolicy(policy.id, about)
  })
  const removing = useSubmit(async () => {
    await removePolicy(policy.id)
    go(href('/agents', { view: 'policies' }))
  })
  const fault = saving.fault ?? removing.fault
  return (
    <Panel>
      <form
        className={styles.settings}
        onSubmit={(event) => {
          event.preventDefault()
          saving.submit()
        }}
      >
        <TextInput
          label={t('fleet.name')}
          value={name}
          onChange={setName}
          maxLength={64}
          disabled={!is_admin}
          required
        />
        <TextInput
          label={t('fleet.policy.description')}
          value={description}
          onChange={setDescription}
          maxLength={1024}
          disabled={!is_admin}
        />
        <TextInput
          label={t('fleet.policy.unenroll_after')}
          hint={t('fleet.policy.unenroll_after.hint')}
          type="number"
          min={0}
          max={31_536_000}
          value={silent}
          onChange={setSilent}
          disabled={!is_admin}
          required
        />
        {fault === undefined ? null : <FaultNote fault={fault} />}
        {is_admin ? (
          <div className={styles.formEnd}>
            <Button kind="primary" type="submit" busy={saving.busy}>
              {t('fleet.save')}
            </Button>
            <Button kind="danger" busy={removing.busy} onClick={removing.submit}>
              {t('fleet.policy.remove', { name: policy.name })}
            </Button>
          </div>
        ) : null}
      </form>
    </Panel>
  )
}
