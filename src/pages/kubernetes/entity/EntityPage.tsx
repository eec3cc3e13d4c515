/**
 * One thing of Kubernetes: what it is, its containers, all that is known of it on one timeline, and
 * its logs, events, changes, pods and versions. An address that names several lets one choose.
 */
import { useEffect } from 'react'
import { useAsk } from '../../../ui/ask/ask.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Page } from '../../../ui/panel/Page.tsx'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Button } from '../../../ui/parts/Button.tsx'
import { useRange, useRangeAsk } from '../../../ui/range/range.ts'
import { addFilter } from '../../../ui/search/edit.ts'
import { oneOf, text } from '../../../ui/url/codec.ts'
import { go, href, useUrl } from '../../../ui/url/location.ts'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import { type Entity, entityAbout } from '../contract-entity.ts'
import { Candidates } from './Candidates.tsx'
import { Containers } from './Containers.tsx'
import { EntityFacts, EntityNotes, EntityTitle, EntityWays, OwnerChain } from './EntityHeader.tsx'
import { EntityLanes } from './EntityLanes.tsx'
import { EntityTabs, tabs } from './EntityTabs.tsx'
import styles from './entity.module.css'
import type { EntityScope } from './entity-scope.ts'
import { canonicalAddress } from './prepare-address.ts'
import { containersOf, readObject } from './prepare-containers.ts'
import { telemetrySearch } from './prepare-searches.ts'

export function EntityPage({ params }: { params: Record<string, string> }) {
  const { kind = '', namespace = '', name = '' } = params
  const { cluster } = useRange()
  // Another thing is another page: nothing of the one before may stay on the screen.
  return <Asking key={`${cluster}/${kind}/${namespace}/${name}`} {...{ kind, namespace, name }} />
}

type Named = { kind: string; namespace: string; name: string }

function Asking({ kind, namespace, name }: Named) {
  const { from_ms, to_ms, cluster } = useRangeAsk()
  const range = { from_ms, to_ms, ...(cluster === undefined ? {} : { cluster }) }
  const asked = useAsk(entityAbout, { ...range, kind, of_namespace: namespace, name })
  const { answer } = asked
  const isAmbiguous = (answer?.others.length ?? 0) > 0
  const canonical =
    answer === undefined || answer === null || isAmbiguous ? undefined : canonicalAddress(answer)
  useEffect(() => {
    if (canonical !== undefined) go(canonical, { replace: true })
  }, [canonical])
  if (answer !== undefined && answer !== null && !isAmbiguous) {
    return <Shown entity={answer} range={{ from_ms, to_ms }} />
  }
  return (
    <Page title={name} question={t('entity.question')}>
      <Panel
        asked={asked}
        is_empty={(found) => found === null}
        empty={{
          title: t('entity.unknown', { name }),
          do: t('entity.unknown.do'),
          actions: <TextLink to="/kubernetes">{t('entity.all_clusters')}</TextLink>,
        }}
      >
        {(found) => (found === null ? null : <Candidates entity={found} />)}
      </Panel>
    </Page>
  )
}

const shape = { container: text(''), tab: oneOf(tabs, 'logs'), open: text('') }

type ShownProps = { entity: Entity; range: { from_ms: number; to_ms: number } }

function Shown({ entity, range }: ShownProps) {
  const [url, setUrl] = useUrl(shape)
  const asks: EntityScope = {
    ...range,
    cluster: entity.cluster,
    kind: entity.kind.toLowerCase(),
    of_namespace: entity.namespace || '-',
    name: entity.name,
  }
  const containers = containersOf(readObject(entity.object))
  const container = containers.find(({ name }) => name === url.container)
  const only = container?.name ?? ''
  const search = telemetrySearch(entity, only)
  const { cluster, namespace } = entity
  const toSeverity = (severity: string) => {
    const filtered = addFilter(search, 'severity', severity)
    go(href('/logs', { cluster, namespace, search: filtered }))
  }
  return (
    <Page
      title={<EntityTitle entity={entity} />}
      question={<OwnerChain entity={entity} />}
      actions={<EntityWays entity={entity} container={only} />}
    >
      <EntityNotes entity={entity} />
      <EntityFacts entity={entity} />
      <Containers
        entity={entity}
        asks={asks}
        selected={only}
        onSelect={(name) => setUrl({ container: name })}
      />
      {only === '' ? null : (
        <p className={styles.only}>
          {t('entity.only_container', { container: only })}
          <Button onClick={() => setUrl({ container: '' })}>{t('entity.all_containers')}</Button>
        </p>
      )}
      <EntityLanes
        entity={entity}
        asks={asks}
        container={container}
        onOpen={(tab) => setUrl({ tab, open: '' })}
        onSeverity={toSeverity}
      />
      <EntityTabs
        entity={entity}
        asks={asks}
        container={only}
        tab={url.tab}
        onTab={(tab) => setUrl({ tab, open: '' })}
        open={url.open}
        onOpen={(open) => setUrl({ open })}
      />
    </Page>
  )
}
