/**
 * One policy: its integrations as forms, what its agents run, how a change goes out, and its
 * history with what each revision changed.
 */
import type { Integration, Policy } from '../../model/policy.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import { useSession } from '../../ui/session.ts'
import { oneOf, text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import type { PolicyWhole } from './contract.ts'
import styles from './Fleet.module.css'
import { IntegrationDrawer, NewIntegration } from './IntegrationForm.tsx'
import { Integrations } from './Integrations.tsx'
import { PolicyAbout } from './PolicyAbout.tsx'
import { PolicyHistory } from './PolicyHistory.tsx'
import { RolloutStrip } from './RolloutStrip.tsx'
import { publishPolicy, usePolicy } from './requests.ts'

const tabs = ['integrations', 'history', 'settings'] as const
const shape = { tab: oneOf(tabs, 'integrations'), open: text(''), add: text('') }

export function PolicyPage({ params }: { params: Record<string, string> }) {
  const id = params.policy_id ?? ''
  const asked = usePolicy(id)
  const name = asked.answer?.name ?? id
  return (
    <Page
      title={name}
      question={asked.answer?.description || t('fleet.policy.question')}
      actions={
        <>
          <TextLink to="/agents" query={{ policy: id }}>
            {t('fleet.policy.agents', { count: asked.answer?.agents ?? 0 })}
          </TextLink>
          <Button onClick={() => go(href('/agents/add', { policy: id }))}>{t('fleet.add')}</Button>
        </>
      }
    >
      <Panel asked={asked} bare>
        {(policy) => <Shown policy={policy} />}
      </Panel>
    </Page>
  )
}

/** What people edit is what agents run; a revision that is on its way out counts already. */
export function documentOf(policy: PolicyWhole): { base: number; document: Policy } {
  const base = policy.rollout?.revision ?? policy.active_revision
  const found = policy.revisions.find(({ revision }) => revision === base) ?? policy.revisions[0]
  return { base, document: found?.document ?? { integrations: [] } }
}

function Shown({ policy }: { policy: PolicyWhole }) {
  const [url, setUrl] = useUrl(shape)
  const { base, document } = documentOf(policy)
  const isAdmin = useSession().data?.user?.role === 'admin'
  const { integrations } = document
  const publish = async (next: Integration[], note: string) => {
    await publishPolicy(policy.id, base, { integrations: next }, note)
    setUrl({ open: '', add: '' })
  }
  const opened = integrations.find(({ id }) => id === url.open)
  const content = {
    integrations: (
      <Integrations
        integrations={integrations}
        is_admin={isAdmin}
        selected={url.open}
        onOpen={(open) => setUrl({ open, add: '' })}
        onAdd={() => setUrl({ add: 'choose', open: '' })}
        publish={publish}
      />
    ),
    history: <PolicyHistory policy={policy} is_admin={isAdmin} />,
    settings: <PolicyAbout key={policy.id} policy={policy} is_admin={isAdmin} />,
  }
  return (
    <div className={styles.stack}>
      <RolloutStrip policy={policy} is_admin={isAdmin} />
      <Tabs
        label={t('fleet.policy.sections')}
        value={url.tab}
        onChange={(tab) => setUrl({ tab: tabs.find((one) => one === tab) })}
        actions={<Badge>{t('fleet.revision', { revision: base })}</Badge>}
        tabs={tabs.map((tab) => ({
          value: tab,
          label: t(`fleet.policy.${tab}`),
          count: tab === 'integrations' ? integrations.length : undefined,
          content: <div className={styles.section}>{content[tab]}</div>,
        }))}
      />
      <IntegrationDrawer
        key={`${url.open} ${base}`}
        integration={opened}
        is_admin={isAdmin}
        onClose={() => setUrl({ open: '' })}
        save={(next) =>
          publish(
            integrations.map((one) => (one.id === next.id ? next : one)),
            t('fleet.note.changed', { name: next.id }),
          )
        }
        remove={(id) =>
          publish(
            integrations.filter((one) => one.id !== id),
            t('fleet.note.removed', { name: id }),
          )
        }
      />
      <NewIntegration
        key={url.add}
        chosen={url.add}
        taken={integrations.map(({ id }) => id)}
        onChoose={(add) => setUrl({ add })}
        onClose={() => setUrl({ add: '' })}
        save={(next) => publish([...integrations, next], t('fleet.note.added', { name: next.id }))}
      />
    </div>
  )
}
