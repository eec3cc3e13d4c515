/**
 * Adding agents in three steps: choose what they collect, copy the command with address and token
 * filled in, and watch them arrive, or read why they do not.
 */
import { type ReactNode, useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { Arrivals } from './Arrivals.tsx'
import { CommandTabs } from './CommandTabs.tsx'
import type { Commands, PolicyShown, Reach } from './contract.ts'
import styles from './Fleet.module.css'
import { LifetimeSelect } from './LifetimeSelect.tsx'
import { Loopback } from './Loopback.tsx'
import { inOrder } from './prepare.ts'
import { commandsFor, createToken, usePolicies, useReach } from './requests.ts'

const shape = { policy: text('kubernetes') }

/** `since_ms`: by the server's clock. */
type Ready = { commands: Commands; since_ms: number; cluster: string }

export function AddAgentPage() {
  const policies = usePolicies()
  const reach = useReach()
  return (
    <Page
      title={t('fleet.add.title')}
      question={t('fleet.add.question')}
      actions={<TextLink to="/agents">{t('fleet.add.to_list')}</TextLink>}
    >
      <Panel asked={policies} bare>
        {({ policies }) => (
          <Panel asked={reach} bare>
            {(known) => <Steps policies={inOrder(policies)} reach={known} />}
          </Panel>
        )}
      </Panel>
    </Page>
  )
}

function Steps({ policies, reach }: { policies: PolicyShown[]; reach: Reach }) {
  const [url, setUrl] = useUrl(shape)
  const [ready, setReady] = useState<Ready>()
  const chosen = policies.find(({ id }) => id === url.policy) ?? policies[0]
  const choose = (policy: string) => {
    setUrl({ policy }, { replace: true })
    setReady(undefined)
  }
  return (
    <ol className={styles.steps}>
      <Step number={1} title={t('fleet.add.choose')} is_done={ready !== undefined}>
        <div className={styles.pick} role="radiogroup" aria-label={t('fleet.policy')}>
          {policies.map((policy) => (
            <label key={policy.id} className={styles.option}>
              <input
                type="radio"
                name="policy"
                value={policy.id}
                checked={policy.id === chosen?.id}
                onChange={() => choose(policy.id)}
              />
              <span>
                <strong>{policy.name}</strong>
                <span className={styles.cardSays}>{policy.description}</span>
              </span>
            </label>
          ))}
        </div>
      </Step>
      <Step number={2} title={t('fleet.add.install')} is_done={ready !== undefined}>
        {ready === undefined ? (
          <Details key={chosen?.id} policy={chosen} reach={reach} onReady={setReady} />
        ) : (
          <CommandTabs commands={ready.commands} is_host={isForHosts(chosen)} />
        )}
      </Step>
      <Step number={3} title={t('fleet.add.watch')}>
        {ready === undefined ? (
          <p className={styles.note}>{t('fleet.add.watch.later')}</p>
        ) : (
          <Arrivals
            since_ms={ready.since_ms}
            cluster={ready.cluster}
            policy_id={chosen?.id ?? ''}
            reach={reach}
            is_cluster={!isForHosts(chosen)}
          />
        )}
      </Step>
    </ol>
  )
}

/** Machines without a cluster have no name of one. */
function isForHosts(policy: PolicyShown | undefined): boolean {
  const { id, places = [] } = policy ?? {}
  return places.length === 0 ? id === 'host' : places.every((place) => place === 'host')
}

type StepProps = { number: number; title: string; is_done?: boolean; children: ReactNode }

function Step({ number, title, is_done, children }: StepProps) {
  return (
    <li className={styles.step}>
      <span className={styles.stepNumber} data-done={is_done === true} aria-hidden="true">
        {number}
      </span>
      <div className={styles.stepBody}>
        <h2>{title}</h2>
        {children}
      </div>
    </li>
  )
}

type DetailsProps = {
  policy: PolicyShown | undefined
  reach: Reach
  onReady: (ready: Ready) => void
}

function Details({ policy, reach, onReady }: DetailsProps) {
  const isHost = isForHosts(policy)
  const [asked, setAsked] = useState({
    cluster: '',
    address: reach.address,
    ingest: reach.ingest,
    hours: 24,
  })
  const set = (patch: Partial<typeof asked>) => setAsked({ ...asked, ...patch })
  const { submit, busy, fault } = useSubmit(async () => {
    const cluster = asked.cluster.trim()
    const { token, created_ms } = await createToken({
      name: `${policy?.name ?? 'agents'} ${cluster}`.trim(),
      policy_id: policy?.id ?? '',
      cluster,
      ttl_hours: asked.hours === 0 ? null : asked.hours,
      uses_max: null,
    })
    const { address, ingest } = asked
    const commands = await commandsFor({ address, ingest, token, cluster })
    onReady({ commands, since_ms: created_ms, cluster })
  })
  return (
    <form
      className={styles.settings}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      {isHost ? null : (
        <TextInput
          label={t('fleet.add.cluster')}
          hint={t('fleet.add.cluster.hint')}
          value={asked.cluster}
          onChange={(cluster) => set({ cluster })}
          maxLength={253}
          required
        />
      )}
      <Loopback reach={reach} address={asked.address} />
      <Addresses asked={asked} set={set} />
      {fault === undefined ? null : <FaultNote fault={fault} />}
      <div className={styles.formEnd}>
        <Button kind="primary" type="submit" busy={busy}>
          {t('fleet.add.make')}
        </Button>
        <LifetimeSelect hours={asked.hours} onChange={(hours) => set({ hours })} />
      </div>
    </form>
  )
}

type AddressesProps = {
  asked: { address: string; ingest: string }
  set: (patch: { address?: string; ingest?: string }) => void
}

function Addresses({ asked, set }: AddressesProps) {
  return (
    <div className={styles.two}>
      <TextInput
        label={t('fleet.add.address')}
        hint={t('fleet.add.address.hint')}
        value={asked.address}
        onChange={(address) => set({ address })}
        type="url"
        required
      />
      <TextInput
        label={t('fleet.add.ingest')}
        hint={t('fleet.add.ingest.hint')}
        value={asked.ingest}
        onChange={(ingest) => set({ ingest })}
        type="url"
        required
      />
    </div>
  )
}
