/**
 * Agents and what steers them: the list, policies, enrolment tokens, and what is not being watched.
 * One policy is PolicyPage, a new agent AddAgentPage.
 */
import { IconPlus } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { oneOf } from '../../ui/url/codec.ts'
import { go, href, useUrl } from '../../ui/url/location.ts'
import { AgentsPanel } from './AgentsPanel.tsx'
import { CoveragePanel } from './CoveragePanel.tsx'
import styles from './Fleet.module.css'
import { PoliciesPanel } from './PoliciesPanel.tsx'
import { TokensPanel } from './TokensPanel.tsx'

const views = ['agents', 'coverage', 'policies', 'tokens'] as const
const shape = { view: oneOf(views, 'agents') }
const panels = {
  agents: AgentsPanel,
  coverage: CoveragePanel,
  policies: PoliciesPanel,
  tokens: TokensPanel,
}

export function AgentsPage() {
  const [{ view }] = useUrl(shape)
  const Shown = panels[view]
  const choices = views.map((value) => ({ value, label: t(`fleet.view.${value}`) }))
  const show = (value: string) => go(href('/agents', value === 'agents' ? {} : { view: value }))
  return (
    <Page
      title={t('fleet.title')}
      question={t(`fleet.question.${view}`)}
      fill
      actions={
        <div className={styles.acts}>
          <Segments label={t('fleet.view')} value={view} choices={choices} onChange={show} />
          <Button kind="primary" icon={<IconPlus />} onClick={() => go(href('/agents/add'))}>
            {t('fleet.add')}
          </Button>
        </div>
      }
    >
      <Shown />
    </Page>
  )
}
