/** One agent: why it is not well, how each integration does, what it sees, and what can be done. */
import { IconDots } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { bytes, count, duration, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button, IconButton } from '../../ui/parts/Button.tsx'
import { CopyId } from '../../ui/parts/CopyId.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge, StatusDot } from '../../ui/parts/Marks.tsx'
import { Menu } from '../../ui/parts/Menu.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { Revision } from './AgentsTable.tsx'
import { type AgentShown, fleetCoverage } from './contract.ts'
import styles from './Fleet.module.css'
import { coverageRows, coverageTone, stateTone, toneOf } from './prepare.ts'
import { changeAgent, tell, unenrolAgent } from './requests.ts'

type DrawerProps = {
  agent: AgentShown | undefined
  policies: readonly { id: string; name: string }[]
  onClose: () => void
}

export function AgentDrawer({ agent, policies, onClose }: DrawerProps) {
  if (agent === undefined) return null
  const isIn = agent.status !== 'unenrolled'
  return (
    <Drawer
      open
      title={
        <span className={styles.name}>
          <StatusDot
            status={toneOf[agent.status]}
            label={t(`fleet.status.${agent.status}`)}
            quiet
          />
          {agent.name}
        </span>
      }
      label={agent.name}
      onClose={onClose}
      actions={isIn ? <Acts agent={agent} policies={policies} /> : undefined}
    >
      <div className={styles.stack}>
        <Standing agent={agent} />
        <Facts agent={agent} />
        <Components agent={agent} />
        <Sees agent={agent} />
        {isIn ? <Tags key={agent.id} agent={agent} /> : null}
        <About agent={agent} />
      </div>
    </Drawer>
  )
}

function Acts({ agent, policies }: Pick<DrawerProps, 'policies'> & { agent: AgentShown }) {
  const move = policies.map(({ id, name }) => ({
    label: name,
    checked: id === agent.policy_id,
    icon: <span />,
    act: () => void tell(agent.name, changeAgent(agent.id, { policy_id: id })),
  }))
  return (
    <Menu
      label={t('fleet.agent.actions')}
      align="end"
      items={[
        { heading: t('fleet.agent.move') },
        ...move,
        'line',
        { label: t('fleet.agent.unenrol'), danger: true, act: () => unenrolAgent(agent) },
      ]}
    >
      <IconButton label={t('fleet.agent.actions')}>
        <IconDots />
      </IconButton>
    </Menu>
  )
}

function Standing({ agent }: { agent: AgentShown }) {
  const { status, reason, refused } = agent
  const why =
    status === 'offline'
      ? t('fleet.offline.why')
      : status === 'unenrolled'
        ? unenrolledWhy(agent.unenrolled_reason)
        : reason
  return (
    <>
      {why === '' ? null : (
        <p className={styles.callout} data-tone={toneOf[status]}>
          <strong>{t(`fleet.status.${status}`)}.</strong> {why}
        </p>
      )}
      {refused === undefined || refused.policy_id !== agent.policy_id ? null : (
        <p className={styles.callout} data-tone="bad">
          <strong>{t('fleet.revision.refused', { revision: refused.revision })}</strong>{' '}
          {refused.reason}
        </p>
      )}
    </>
  )
}

function unenrolledWhy(reason: string): string {
  if (reason.startsWith('by ')) return t('fleet.gone.by', { name: reason.slice(3) })
  return t(`fleet.gone.${['silent', 'replaced', 'left'].includes(reason) ? reason : 'left'}`)
}

function Facts({ agent }: { agent: AgentShown }) {
  const { figures } = agent
  return (
    <dl className={styles.facts}>
      <Fact name={t('fleet.policy')}>
        <span className={styles.name}>
          <TextLink to={`/agents/policies/${encodeURIComponent(agent.policy_id)}`}>
            {agent.policy_name}
          </TextLink>
          <Revision agent={agent} />
        </span>
      </Fact>
      <Fact name={t('fleet.seen')}>
        <RelativeTime time_ms={agent.contact_ms} />
      </Fact>
      <Fact name={t('fleet.data')}>
        {agent.data_ms === undefined ? t('fleet.never') : <RelativeTime time_ms={agent.data_ms} />}
      </Fact>
      {figures === undefined ? null : (
        <>
          <Fact name={t('fleet.sent')}>
            {count(figures.records_sent)}
            {figures.records_per_s === undefined ? null : (
              <span className={styles.faint}> {figure(figures.records_per_s, '/s')}</span>
            )}
          </Fact>
          <Fact name={t('fleet.dropped')}>
            <span data-tone={figures.records_dropped > 0 ? 'bad' : undefined}>
              {count(figures.records_dropped)}
            </span>
          </Fact>
          <Fact name={t('fleet.lag')}>{duration(Math.round(figures.lag_s * 1e3) * 1e6)}</Fact>
          <Fact name={t('fleet.spool')}>{bytes(figures.spool_bytes)}</Fact>
          <Fact name={t('fleet.memory')}>{bytes(figures.memory_bytes)}</Fact>
          <Fact name={t('fleet.cpu')}>{duration(figures.cpu_seconds * 1e9)}</Fact>
        </>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Components({ agent }: { agent: AgentShown }) {
  if (agent.components.length === 0) return null
  return (
    <section>
      <h3 className={styles.heading}>{t('fleet.integrations')}</h3>
      <ul className={styles.lines}>
        {agent.components.map((one) => (
          <li key={one.id} className={styles.line}>
            <StatusDot status={stateTone[one.state]} label={t(`fleet.status.${one.state}`)} quiet />
            <span className={styles.lineName}>{one.id}</span>
            <span className={styles.lineText}>
              {one.message === '' ? t(`fleet.status.${one.state}`) : one.message}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const lines_max = 12

function Sees({ agent }: { agent: AgentShown }) {
  const { from_ms, to_ms } = useRangeAsk()
  const asked = useAsk(fleetCoverage, { from_ms, to_ms, agent_id: agent.id }, { keep: false })
  return (
    <Panel
      title={t('fleet.sees')}
      bare
      asked={asked}
      is_empty={(answer) => answer.source.length === 0}
      empty={{ title: t('fleet.coverage.none'), do: t('fleet.coverage.none.do') }}
      capped={(answer) => ({ shown: Math.min(lines_max, answer.total), all: answer.total })}
    >
      {(answer) => (
        <ul className={styles.lines}>
          {coverageRows(answer, [agent])
            .slice(0, lines_max)
            .map((row) => (
              <li key={row.id} className={styles.line}>
                <StatusDot
                  status={coverageTone[row.state]}
                  label={t(`fleet.coverage.${row.state}`)}
                  quiet
                />
                <span className={styles.lineName}>
                  {row.workload === '' ? row.source : row.workload} <Badge>{row.signal}</Badge>
                </span>
                <span className={styles.lineText}>
                  {row.detail || t(`fleet.coverage.${row.state}`)}
                </span>
              </li>
            ))}
        </ul>
      )}
    </Panel>
  )
}

function Tags({ agent }: { agent: AgentShown }) {
  const [written, setWritten] = useState(agent.tags.join(', '))
  const tags = written
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)
  const isSame = tags.join('\n') === agent.tags.join('\n')
  return (
    <form
      className={styles.inline}
      onSubmit={(event) => {
        event.preventDefault()
        void tell(agent.name, changeAgent(agent.id, { tags }))
      }}
    >
      <TextInput
        label={t('fleet.tags')}
        hint={t('fleet.tags.hint')}
        value={written}
        onChange={setWritten}
        maxLength={1024}
      />
      {isSame ? null : <Button type="submit">{t('fleet.save')}</Button>}
    </form>
  )
}

function About({ agent }: { agent: AgentShown }) {
  const entries = Object.entries(agent.about)
  return (
    <section>
      <h3 className={styles.heading}>{t('fleet.about')}</h3>
      <dl className={styles.about}>
        <dt>{t('fleet.id')}</dt>
        <dd>
          <CopyId value={agent.id} />
        </dd>
        <dt>{t('fleet.cluster')}</dt>
        <dd>
          <EntityLink kind="cluster" name={agent.cluster} />
        </dd>
        <dt>{t('fleet.node')}</dt>
        <dd>
          <EntityLink kind="node" name={agent.node} />
        </dd>
        <dt>{t('fleet.version')}</dt>
        <dd>{agent.version}</dd>
        <dt>{t('fleet.enrolled')}</dt>
        <dd>
          <RelativeTime time_ms={agent.enrolled_ms} />
        </dd>
        {entries.map(([name, value]) => (
          <div key={name} className={styles.pairOf}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
