/** APM agents: which settings their services fetch from here, and which have arrived. */
import { IconPlus } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { ConfigForm } from './ConfigForm.tsx'
import { askingColumns, configColumns } from './columns.tsx'
import { useApmAgents } from './requests.ts'

/** `form`: the name of what is edited, `new`, or empty. */
const shape = { form: text('') }
const newForm = 'new'
const row_height = 36
const heightOf = (rows: number) => Math.min(480, 40 + rows * row_height)

export function ApmAgentsPage() {
  const asked = useApmAgents()
  const [url, setUrl] = useUrl(shape)
  const { configs = [], asking = [] } = asked.answer ?? {}
  const edited = configs.find(({ name }) => name === url.form)
  const isOpen = url.form === newForm || edited !== undefined
  const add = (
    <Button kind="primary" icon={<IconPlus />} onClick={() => setUrl({ form: newForm })}>
      {t('apm.add')}
    </Button>
  )
  return (
    <Page title={t('apm.title')} question={t('apm.question')}>
      {isOpen ? (
        <ConfigForm
          key={url.form}
          config={edited}
          asking={asking}
          onDone={() => setUrl({ form: '' })}
        />
      ) : null}
      <Panel
        title={t('apm.configs')}
        question={t('apm.configs.says')}
        asked={asked}
        actions={isOpen ? undefined : add}
        is_empty={(answer) => answer.configs.length === 0}
        empty={{ title: t('apm.none'), do: t('apm.none.do') }}
        flush
      >
        {(answer) => (
          <DataTable
            label={t('apm.configs')}
            rows={answer.configs}
            columns={configColumns(answer.asking, (name) => setUrl({ form: name }))}
            row_id={(config) => config.name}
            row_height={row_height}
            height={heightOf(answer.configs.length)}
          />
        )}
      </Panel>
      <Panel
        title={t('apm.asking')}
        question={t('apm.asking.says')}
        asked={asked}
        is_empty={(answer) => answer.asking.length === 0}
        empty={{ title: t('apm.asking.none'), do: t('apm.asking.none.do') }}
        flush
      >
        {(answer) => (
          <DataTable
            label={t('apm.asking')}
            rows={answer.asking}
            columns={askingColumns(answer.configs)}
            row_id={(one) => `${one.service}|${one.environment}`}
            row_height={row_height}
            height={heightOf(answer.asking.length)}
          />
        )}
      </Panel>
    </Page>
  )
}
