/** One pipeline: its definition to edit, beside what it does to the newest records. */
import { IconDeviceFloppy } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { useKeys } from '../../ui/keys/keys.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Count } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { useSession } from '../../ui/session.ts'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { refusedSearch } from './addresses.ts'
import { AppliesTo } from './columns.tsx'
import type { PipelineShown } from './contract.ts'
import { DefinitionPane } from './DefinitionPane.tsx'
import styles from './Pipelines.module.css'
import { usePipelines } from './requests.ts'
import { SaveWarning } from './SaveWarning.tsx'
import { TrialPane } from './TrialPane.tsx'
import { useDefinition } from './use-definition.ts'
import { useTrial } from './use-trial.ts'

const shape = { start: text('') }

export function PipelinePage({ params }: { params: Record<string, string> }) {
  const name = params.name ?? ''
  const asked = usePipelines()
  if (asked.answer === undefined) {
    return (
      <Page title={name} question={<AppliesTo name={name} />}>
        <Panel asked={asked} skeleton_height={480}>
          {() => null}
        </Panel>
      </Page>
    )
  }
  const pipeline = asked.answer.find((one) => one.name === name)
  return <Opened key={name} name={name} pipeline={pipeline} />
}

type OpenedProps = { name: string; pipeline: PipelineShown | undefined }

function Opened({ name, pipeline }: OpenedProps) {
  const [url] = useUrl(shape)
  const isAdmin = useSession().data?.user?.role === 'admin'
  const definition = useDefinition({ name, pipeline, isExample: url.start === 'example', isAdmin })
  const trial = useTrial(name, definition.json, definition.refused)
  const save = () => definition.save(trial.run)
  const acts = { test: () => void trial.run(), save: () => void save() }
  useKeys(
    isAdmin
      ? [
          { keys: 'mod+enter', says: t('pipelines.test'), act: acts.test, typing: true },
          { keys: 'mod+s', says: t('pipelines.save'), act: acts.save, typing: true },
        ]
      : [],
  )
  return (
    <Page
      title={name}
      question={<AppliesTo name={name} />}
      fill
      actions={
        <>
          {pipeline === undefined ? null : <Figures pipeline={pipeline} />}
          {definition.isChanged ? <Badge tone="accent">{t('pipelines.unsaved')}</Badge> : null}
          {pipeline !== undefined && definition.isChanged ? (
            <Button kind="quiet" onClick={definition.discard}>
              {t('pipelines.discard')}
            </Button>
          ) : null}
          {isAdmin ? (
            <Button
              kind="primary"
              icon={<IconDeviceFloppy />}
              busy={definition.isSaving}
              disabled={!definition.isChanged && pipeline !== undefined}
              onClick={acts.save}
            >
              {t('pipelines.save')}
            </Button>
          ) : null}
        </>
      }
    >
      {isAdmin ? null : <p className={styles.note}>{t('pipelines.read_only')}</p>}
      {definition.warning === undefined ? null : (
        <SaveWarning
          verdicts={definition.warning}
          onSave={definition.saveAnyway}
          onCancel={definition.forgetWarning}
        />
      )}
      <div className={styles.panes}>
        <DefinitionPane definition={definition} isAdmin={isAdmin} acts={acts} />
        <TrialPane trial={trial} isAdmin={isAdmin} onShow={definition.show} />
      </div>
    </Page>
  )
}

function Figures({ pipeline }: { pipeline: PipelineShown }) {
  const { count, failed, dropped } = pipeline
  return (
    <span className={styles.figures} title={t('pipelines.since')}>
      <span>
        {t('pipelines.ran')} <Count value={count} />
      </span>
      <span className={styles.figure} data-tone={failed > 0 ? 'bad' : ''}>
        {t('pipelines.failed')} <Count value={failed} />
      </span>
      <span className={styles.figure} data-tone={dropped > 0 ? 'warn' : ''}>
        {t('pipelines.dropped')} <Count value={dropped} />
      </span>
      <TextLink to="/logs" query={{ search: refusedSearch }}>
        {t('pipelines.refused')}
      </TextLink>
    </span>
  )
}
