/** What holds for a whole dashboard: its name, time, variables, and its text as JSON. */
import { useState } from 'react'
import { Drawer } from '../../../ui/drawer/Drawer.tsx'
import { CodeEditor } from '../../../ui/editor/CodeEditor.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { Button } from '../../../ui/parts/Button.tsx'
import { Select } from '../../../ui/parts/Select.tsx'
import { Tabs } from '../../../ui/parts/Tabs.tsx'
import { TextInput } from '../../../ui/parts/TextInput.tsx'
import { type Dashboard, dashboardSchema, refreshes } from '../contract.ts'
import type { Draft } from '../use-draft.ts'
import styles from './Editor.module.css'
import { VariableList } from './VariableList.tsx'

type DrawerProps = { open: boolean; draft: Draft; onClose: () => void }

export function SettingsDrawer({ open, draft, onClose }: DrawerProps) {
  const [tab, setTab] = useState('general')
  return (
    <Drawer open={open} title={t('dashboards.settings')} onClose={onClose}>
      <Tabs
        label={t('dashboards.settings')}
        value={tab}
        onChange={setTab}
        tabs={[
          {
            value: 'general',
            label: t('dashboards.settings.general'),
            content: <General draft={draft} />,
          },
          {
            value: 'variables',
            label: t('dashboards.settings.variables'),
            count: draft.dashboard.variables.length,
            content: (
              <VariableList
                variables={draft.dashboard.variables}
                onChange={(variables) => draft.change((now) => ({ ...now, variables }))}
              />
            ),
          },
          { value: 'json', label: 'JSON', content: <JsonText draft={draft} /> },
        ]}
      />
    </Drawer>
  )
}

function General({ draft }: { draft: Draft }) {
  const { dashboard } = draft
  const put = (change: Partial<Dashboard>) => draft.change((now) => ({ ...now, ...change }))
  const [tags, setTags] = useState(dashboard.tags.join(', '))
  return (
    <div className={styles.options}>
      <TextInput
        label={t('dashboards.name')}
        value={dashboard.title}
        onChange={(title) => put({ title })}
        maxLength={256}
        fault={dashboard.title.trim() === '' ? t('dashboards.name.needed') : undefined}
      />
      <TextInput
        label={t('dashboards.question')}
        value={dashboard.description}
        onChange={(description) => put({ description })}
        maxLength={8192}
        hint={t('dashboards.question.hint')}
      />
      <TextInput
        label={t('dashboards.tags')}
        value={tags}
        onChange={(text) => {
          setTags(text)
          put({ tags: tagsIn(text) })
        }}
        placeholder="kubernetes, payment"
      />
      <div className={styles.pair}>
        <TextInput
          label={t('dashboards.time.from')}
          value={dashboard.time.from}
          onChange={(from) => put({ time: { ...dashboard.time, from } })}
          maxLength={64}
        />
        <TextInput
          label={t('dashboards.time.to')}
          value={dashboard.time.to}
          onChange={(to) => put({ time: { ...dashboard.time, to } })}
          maxLength={64}
        />
      </div>
      <Select
        label={t('dashboards.refresh')}
        show_label
        value={dashboard.refresh}
        choices={refreshes.map((value) => ({
          value,
          label: value === '' ? t('dashboards.refresh.off') : value,
        }))}
        onChange={(refresh) => put({ refresh: refresh as Dashboard['refresh'] })}
      />
    </div>
  )
}

export function tagsIn(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim().slice(0, 64))
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 32)
}

function JsonText({ draft }: { draft: Draft }) {
  const [text, setText] = useState(() => JSON.stringify(draft.dashboard, null, 2))
  const [problem, setProblem] = useState('')
  const apply = () => {
    const read = readDashboard(text)
    if ('problem' in read) return setProblem(read.problem)
    setProblem('')
    draft.change(() => read.dashboard)
  }
  return (
    <div className={styles.options}>
      <div className={styles.json}>
        <CodeEditor label="JSON" value={text} onChange={setText} />
      </div>
      {problem === '' ? null : (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <div>
        <Button onClick={apply}>{t('dashboards.json.apply')}</Button>
      </div>
    </div>
  )
}

function readDashboard(text: string): { dashboard: Dashboard } | { problem: string } {
  try {
    const result = dashboardSchema.safeParse(JSON.parse(text))
    if (result.success) return { dashboard: result.data }
    const [first] = result.error.issues
    return { problem: `${first?.path.join('.')}: ${first?.message}` }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
