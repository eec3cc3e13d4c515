/** Every answer of the Kubernetes lists, and what completion offers in their search bars. */
import { resolveField } from '../../model/fields.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type Completion,
  type CompletionTable,
  clusterList,
  type ListName,
  lists,
  objectCompletion,
  objectList,
} from './contract.ts'
import {
  containerUse,
  entityAbout,
  entityActivity,
  entityResources,
  entityStorage,
} from './contract-entity.ts'
import {
  containerEnds,
  entityRevision,
  entityRevisions,
  entityStatuses,
} from './contract-entity-history.ts'
import {
  changeHistogram,
  changeList,
  changeShown,
  eventHistogram,
  eventList,
} from './contract-history.ts'
import { changesOverTime, listChanges, oneChange } from './queries-changes.ts'
import { listClusters } from './queries-clusters.ts'
import { aboutEntity } from './queries-entity.ts'
import { endsOf, revisionOf, revisionsOf, statusesOf } from './queries-entity-history.ts'
import { activityOf, resourcesOf, useOfContainers } from './queries-entity-lanes.ts'
import { storageOf } from './queries-entity-storage.ts'
import { eventsOverTime, listEvents } from './queries-events.ts'
import { currentObjects } from './queries-living.ts'
import { listObjects } from './queries-objects.ts'

const completions_max = 50

type CompletionAsk = RangeAsk & {
  table: CompletionTable
  field?: string | undefined
  prefix: string
  list?: ListName | undefined
}

async function complete(ask: CompletionAsk, context: AskContext): Promise<Completion> {
  const text = textOf(ask)
  if (text === undefined) return { text: [], rows: [] }
  const rows = await context.store.rows<{ found: string; rows: string }>(
    sql`SELECT ${text} AS found, count() AS rows FROM ${from(ask, context)}
    WHERE found != '' AND positionCaseInsensitive(found, ${ask.prefix}) > 0
    GROUP BY found ORDER BY startsWith(lower(found), lower(${ask.prefix})) DESC, rows DESC, found
    LIMIT ${completions_max}`,
    { signal: context.signal },
  )
  return { text: rows.map((row) => row.found), rows: rows.map((row) => Number(row.rows)) }
}

function from(ask: CompletionAsk, context: AskContext): Sql {
  if (ask.table === 'kubernetes_current') {
    return currentObjects(lists[ask.list ?? 'troubled'], ask, context)
  }
  return sql`(SELECT * FROM ${sql.identifier(ask.table)}
    WHERE ${within(ask.table, ask, context.scope)})`
}

/** A field's values; without a field the names of labels and figures. */
function textOf({ table, field }: CompletionAsk): Sql | undefined {
  const hasLabels = table !== 'kubernetes_events'
  if (field === undefined) {
    return hasLabels
      ? sql`arrayJoin(arrayConcat(arrayMap(key -> concat('labels.', key), mapKeys(labels)),
          arrayMap(key -> toString(key), mapKeys(numbers))))`
      : undefined
  }
  const match = resolveField(table, field)
  if (match.tag === 'column') {
    const column = sql.identifier(match.field.column)
    return match.field.many ? sql`arrayJoin(${column})` : sql`toString(${column})`
  }
  const label = field.replace(/^labels\./, '')
  return hasLabels ? sql`toString(labels[${label}])` : undefined
}

export const kubernetesAnswerers: Answerer[] = [
  answers(objectList, listObjects),
  answers(clusterList, listClusters),
  answers(eventList, listEvents),
  answers(eventHistogram, eventsOverTime),
  answers(changeList, listChanges),
  answers(changeHistogram, changesOverTime),
  answers(changeShown, oneChange),
  answers(objectCompletion, complete),
  answers(entityAbout, aboutEntity),
  answers(entityResources, resourcesOf),
  answers(entityActivity, activityOf),
  answers(entityStorage, storageOf),
  answers(containerUse, useOfContainers),
  answers(entityStatuses, statusesOf),
  answers(containerEnds, endsOf),
  answers(entityRevisions, revisionsOf),
  answers(entityRevision, revisionOf),
]
