/** All ingest pipelines: which records each is for and what it did to them. PipelinePage is one. */
import { IconPlus, IconRoute } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { useIsPhone } from '../../ui/phone.ts'
import { useSession } from '../../ui/session.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { flag } from '../../ui/url/codec.ts'
import { go, useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { addressOf, refusedSearch } from './addresses.ts'
import { pipelineColumns } from './columns.tsx'
import type { PipelineShown } from './contract.ts'
import { NewPipelineDrawer } from './NewPipelineDrawer.tsx'
import styles from './Pipelines.module.css'
import { usePipelines } from './requests.ts'

const shape = { new: flag() }

export function PipelinesPage() {
  const [url, setUrl] = useUrl(shape)
  const asked = usePipelines()
  const isAdmin = useSession().data?.user?.role === 'admin'
  const isPhone = useIsPhone()
  const create = (
    <Button kind="primary" icon={<IconPlus />} onClick={() => setUrl({ new: true })}>
      {t('pipelines.new')}
    </Button>
  )
  return (
    <Page
      title={t('pipelines.title')}
      question={t('pipelines.question')}
      fill
      actions={
        <>
          <TextLink to="/logs" query={{ search: refusedSearch }}>
            {t('pipelines.refused')}
          </TextLink>
          {isAdmin ? create : null}
        </>
      }
    >
      {isAdmin ? null : <p className={styles.note}>{t('pipelines.read_only')}</p>}
      <Panel asked={asked} flush grow>
        {(pipelines) =>
          pipelines.length === 0 ? (
            <Teaching isAdmin={isAdmin} />
          ) : (
            <DataTable
              label={t('pipelines.title')}
              rows={pipelines}
              columns={pipelineColumns(isAdmin, isPhone)}
              row_id={(one) => one.name}
              row_height={36}
              row_tone={toneOf}
              onOpen={(one) => go(addressOf(one.name))}
            />
          )
        }
      </Panel>
      <NewPipelineDrawer open={url.new} onClose={() => setUrl({ new: false })} />
    </Page>
  )
}

function toneOf({ failed, is_running }: PipelineShown): 'bad' | 'warn' | undefined {
  if (!is_running) return 'bad'
  return failed > 0 ? 'warn' : undefined
}

const exampleName = 'logs-generic@custom'

function Teaching({ isAdmin }: { isAdmin: boolean }) {
  return (
    <EmptyState
      icon={<IconRoute />}
      title={t('pipelines.none')}
      actions={
        isAdmin ? (
          <Button kind="primary" onClick={() => go(addressOf(exampleName, { start: 'example' }))}>
            {t('pipelines.none.example')}
          </Button>
        ) : undefined
      }
    >
      <span className={styles.teaching}>
        <span>{t('pipelines.none.what')}</span>
        <span>{t('pipelines.none.safe')}</span>
      </span>
    </EmptyState>
  )
}
