/** An object's YAML in every version that is kept, and what differs between any two of them. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { absolute } from '../../../ui/format/moment.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../../ui/parts/Figures.tsx'
import { Badge } from '../../../ui/parts/Marks.tsx'
import { Select } from '../../../ui/parts/Select.tsx'
import { Segments } from '../../../ui/parts/Tabs.tsx'
import { useRange } from '../../../ui/range/range.ts'
import { flag, text } from '../../../ui/url/codec.ts'
import { useUrl } from '../../../ui/url/location.ts'
import type { Entity } from '../contract-entity.ts'
import { entityRevisions } from '../contract-entity-history.ts'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { chosenRevisions, type Revision, revisionRows } from './prepare-revisions.ts'
import { YamlDiff, YamlText } from './Yaml.tsx'

/** version: which is shown. against: which it is compared with, or `none`; empty as it comes. */
const shape = { version: text(''), against: text(''), status: flag(false) }

export function EntityYaml({ entity, asks }: { entity: Entity; asks: EntityScope }) {
  const asked = useAsk(entityRevisions, asks)
  return (
    <Panel
      asked={asked}
      is_empty={(answer) => answer.total === 0}
      empty={{ title: t('entity.no_revisions'), do: t('entity.no_revisions.do') }}
      capped={(answer) => ({ shown: answer.time_ms.length, all: answer.total })}
      flush
    >
      {(answer) => (
        <Versions key={entity.name} all={revisionRows(answer)} entity={entity} asks={asks} />
      )}
    </Panel>
  )
}

type VersionsProps = { all: Revision[]; entity: Entity; asks: EntityScope }

function Versions({ all, asks }: VersionsProps) {
  const [url, setUrl] = useUrl(shape)
  const shown = all.filter((one) => url.status || !one.is_status)
  const { version, against } = chosenRevisions(shown, url)
  const pick = (id: string) => setUrl({ version: id, against: '' })
  return (
    <div className={styles.versions}>
      <RevisionList all={shown} version={version} onPick={pick} />
      <div className={styles.version}>
        <div className={styles.tools}>
          <Compare
            all={shown}
            version={version}
            against={against}
            onVersion={pick}
            onAgainst={(id) => setUrl({ version: version?.id ?? '', against: id })}
          />
          <Segments
            label={t('entity.yaml.status')}
            value={url.status ? 'all' : 'meant'}
            choices={(['meant', 'all'] as const).map((value) => ({
              value,
              label: t(`kubernetes.changes.${value}`),
            }))}
            onChange={(value) => setUrl({ status: value === 'all', version: '', against: '' })}
          />
        </div>
        {version === undefined ? null : against === undefined ? (
          <YamlText revision={version} asks={asks} with_status={url.status} />
        ) : (
          <YamlDiff before={against} after={version} asks={asks} with_status={url.status} />
        )}
      </div>
    </div>
  )
}

type ListProps = {
  all: Revision[]
  version: Revision | undefined
  onPick: (id: string) => void
}

function RevisionList({ all, version, onPick }: ListProps) {
  return (
    <ol className={styles.revisions} aria-label={t('entity.revisions')}>
      {all.map((one) => (
        <li key={one.id}>
          <button
            type="button"
            className={styles.revision}
            aria-pressed={one.id === version?.id}
            disabled={!one.has_object}
            onClick={() => onPick(one.id)}
          >
            <span className={styles.revisionHead}>
              <RelativeTime time_ms={one.time_ms} />
              <Badge tone={one.change === 'deleted' ? 'bad' : 'neutral'}>
                {t(`kubernetes.change.${one.change}`)}
              </Badge>
            </span>
            <span className={styles.muted}>{one.actor}</span>
            <span className={styles.mono}>{one.paths}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}

type CompareProps = {
  all: Revision[]
  version: Revision | undefined
  against: Revision | undefined
  onVersion: (id: string) => void
  onAgainst: (id: string) => void
}

function Compare({ all, version, against, onVersion, onAgainst }: CompareProps) {
  const { utc } = useRange()
  const choices = all
    .filter(({ has_object }) => has_object)
    .map(({ id, time_ms, actor }) => ({
      value: id,
      label: absolute(time_ms, { utc }),
      hint: actor,
    }))
  const none = { value: 'none', label: t('entity.yaml.nothing') }
  return (
    <>
      <Select
        label={t('entity.yaml.version')}
        show_label
        value={version?.id ?? ''}
        choices={choices}
        onChange={onVersion}
      />
      <Select
        label={t('entity.yaml.against')}
        show_label
        value={against?.id ?? 'none'}
        choices={[none, ...choices.filter(({ value }) => value !== version?.id)]}
        onChange={onAgainst}
      />
    </>
  )
}
