/** The form for a new enrolment token, and its secret, shown this once. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import styles from './Fleet.module.css'
import { LifetimeSelect } from './LifetimeSelect.tsx'
import { inOrder } from './prepare.ts'
import { createToken, usePolicies } from './requests.ts'

export function NewTokenForm({ onDone }: { onDone: () => void }) {
  const policies = inOrder(usePolicies().answer?.policies ?? [])
  const [token, setToken] = useState('')
  const [asked, setAsked] = useState({ name: '', policy: '', cluster: '', hours: 24, uses: '' })
  const set = (patch: Partial<typeof asked>) => setAsked({ ...asked, ...patch })
  const policy_id = asked.policy || policies[0]?.id || ''
  const { submit, busy, fault } = useSubmit(async () => {
    const made = await createToken({
      name: asked.name,
      policy_id,
      cluster: asked.cluster.trim(),
      ttl_hours: asked.hours === 0 ? null : asked.hours,
      uses_max: asked.uses === '' ? null : Number(asked.uses),
    })
    setToken(made.token)
  })
  if (token !== '') return <Ready name={asked.name} token={token} onDone={onDone} />
  return (
    <Panel title={t('fleet.tokens.new')}>
      <form
        className={styles.row}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextInput
          label={t('fleet.name')}
          value={asked.name}
          onChange={(name) => set({ name })}
          maxLength={64}
          autoFocus
          required
        />
        <TextInput
          label={t('fleet.cluster')}
          placeholder={t('fleet.tokens.any_cluster')}
          value={asked.cluster}
          onChange={(cluster) => set({ cluster })}
          maxLength={253}
        />
        <TextInput
          label={t('fleet.tokens.uses_max')}
          placeholder="∞"
          value={asked.uses}
          onChange={(uses) => set({ uses: uses.replace(/\D/g, '') })}
          inputMode="numeric"
          maxLength={6}
        />
        <Select
          label={t('fleet.policy')}
          show_label
          value={policy_id}
          choices={policies.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(policy) => set({ policy })}
        />
        <LifetimeSelect hours={asked.hours} onChange={(hours) => set({ hours })} />
        <Button kind="primary" type="submit" busy={busy}>
          {t('fleet.tokens.create')}
        </Button>
        <Button kind="quiet" onClick={onDone}>
          {t('ui.cancel')}
        </Button>
      </form>
      {fault === undefined ? null : <FaultNote fault={fault} />}
    </Panel>
  )
}

type ReadyProps = { name: string; token: string; onDone: () => void }

function Ready({ name, token, onDone }: ReadyProps) {
  return (
    <Panel
      title={t('fleet.tokens.ready', { name })}
      actions={<Button onClick={onDone}>{t('fleet.done')}</Button>}
    >
      <p className={styles.note}>{t('fleet.tokens.once')}</p>
      <div className={styles.secret}>
        <code>{token}</code>
        <CopyButton value={token} />
      </div>
    </Panel>
  )
}
