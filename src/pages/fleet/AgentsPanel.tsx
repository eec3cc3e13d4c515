/** All agents with the figures that tell trouble, filtered in place; one opens in the drawer. */
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { text } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { AgentDrawer } from './AgentDrawer.tsx'
import { AgentsTable } from './AgentsTable.tsx'
import { type AgentsAnswer, agentStatuses } from './contract.ts'
import styles from './Fleet.module.css'
import { matching, summaryOf } from './prepare.ts'
import { useAgents } from './requests.ts'
import { SummaryStrip } from './SummaryStrip.tsx'

const shape = {
  find: text(''),
  status: text(''),
  policy: text(''),
  of_cluster: text(''),
  tag: text(''),
  open: text(''),
}

export function AgentsPanel() {
  const asked = useAgents()
  const [url, setUrl] = useUrl(shape)
  const opened = asked.answer?.agents.find(({ id }) => id === url.open)
  return (
    <>
      <Panel
        asked={asked}
        is_empty={(answer) => answer.agents.length === 0}
        empty={{
          title: t('fleet.none'),
          do: t('fleet.none.do'),
          actions: (
            <Button kind="primary" onClick={() => go(href('/agents/add'))}>
              {t('fleet.add')}
            </Button>
          ),
        }}
        flush
        grow
      >
        {(answer) => <List answer={answer} />}
      </Panel>
      <AgentDrawer
        agent={opened}
        policies={asked.answer?.policies ?? []}
        onClose={() => setUrl({ open: '' })}
      />
    </>
  )
}

function List({ answer }: { answer: AgentsAnswer }) {
  const [url, setUrl] = useUrl(shape)
  const { agents, version } = answer
  const filter = { ...url, cluster: url.of_cluster }
  const shown = matching(agents, filter)
  const set = (patch: Partial<typeof url>) => setUrl(patch, { replace: true })
  return (
    <>
      <SummaryStrip
        summary={summaryOf(agents, version)}
        status={url.status}
        onStatus={(status) => set({ status })}
      />
      <div className={styles.tools}>
        <div className={styles.find}>
          <TextInput
            label={t('fleet.find')}
            quiet_label
            value={url.find}
            onChange={(find) => set({ find })}
            type="search"
          />
        </div>
        <Filters answer={answer} />
        <p className={styles.note}>{t('fleet.shown', { count: shown.length })}</p>
      </div>
      <AgentsTable
        agents={shown}
        version={version}
        selected={url.open}
        onOpen={(open) => setUrl({ open })}
      />
    </>
  )
}

function Filters({ answer: { agents, policies } }: { answer: AgentsAnswer }) {
  const [url, setUrl] = useUrl(shape)
  const set = (patch: Partial<typeof url>) => setUrl(patch, { replace: true })
  const any = { value: '', label: t('fleet.any') }
  const clusters = [...new Set(agents.map(({ cluster }) => cluster))].filter(Boolean).sort()
  const tags = [...new Set(agents.flatMap((agent) => agent.tags))].sort()
  return (
    <>
      <Select
        label={t('fleet.status')}
        show_label
        value={url.status}
        choices={[
          any,
          ...agentStatuses.map((value) => ({ value, label: t(`fleet.status.${value}`) })),
        ]}
        onChange={(status) => set({ status })}
      />
      <Select
        label={t('fleet.policy')}
        show_label
        value={url.policy}
        choices={[any, ...policies.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(policy) => set({ policy })}
      />
      {clusters.length < 2 ? null : (
        <Select
          label={t('fleet.cluster')}
          show_label
          value={url.of_cluster}
          choices={[any, ...clusters.map((value) => ({ value, label: value }))]}
          onChange={(of_cluster) => set({ of_cluster })}
        />
      )}
      {tags.length === 0 ? null : (
        <Select
          label={t('fleet.tag')}
          show_label
          value={url.tag}
          choices={[any, ...tags.map((value) => ({ value, label: value }))]}
          onChange={(tag) => set({ tag })}
        />
      )}
    </>
  )
}
