/** From an audit event as the API server sends it to its row, its fields and its place. */
import { outcomes } from '../../../model/security.ts'
import type { SecurityRow } from '../../../wire/security/typed-rows.ts'
import { nowhere, prefixed, type ReadEvent, saying } from '../security/read-event.ts'
import { jsonOf, member, objectAt, pairsOf, type Sent, wordAt, wordsAt } from '../security/sent.ts'
import { type AuditFacts, isDenied } from './facts.ts'
import { keptAddress, keptObject } from './redact.ts'
import { workloadKinds } from './resource-words.ts'
import { auditSentence } from './sentence.ts'

export const auditDataset = 'kubernetes.audit_logs'

export function auditEvent(sent: Sent, facts: AuditFacts): ReadEvent<'audit_events'> {
  const annotations = pairsOf(objectAt(sent, 'annotations'))
  return {
    table: 'audit_events',
    row: rowOf(sent, facts, annotations),
    // When it happened is when the stage was reached: a request may take minutes.
    time_ns: facts.stage_ns ?? facts.received_ns,
    event_name: 'kubernetes.audit',
    dataset: auditDataset,
    severity: severityOf(facts),
    sentence: auditSentence(facts),
    place: placeOf(facts),
    fields: [...fieldsOf(sent, facts), ...prefixed('kubernetes.audit.annotations.', annotations)],
  }
}

export function outcomeOf(facts: AuditFacts): (typeof outcomes)[number] {
  const { code, stage, decision } = facts
  if (isDenied(facts) || code >= 400 || stage === 'Panic') return 'failure'
  return stage !== 'RequestReceived' && (code > 0 || decision === 'allow') ? 'success' : 'unknown'
}

const intrusive = new Set(['exec', 'attach', 'portforward', 'ephemeralcontainers'])

function severityOf(facts: AuditFacts): string {
  if (facts.stage === 'Panic' || facts.code >= 500) return 'error'
  if (isDenied(facts)) return 'warn'
  return intrusive.has(facts.subresource) ? 'notice' : 'info'
}

/** The object's place. A pod's workload follows from its name. */
function placeOf({ resource, namespace, name }: AuditFacts): ReadEvent['place'] {
  const workload_kind = Object.hasOwn(workloadKinds, resource) ? workloadKinds[resource]! : ''
  return {
    ...nowhere,
    namespace: resource === 'namespaces' && namespace === '' ? name : namespace,
    pod: resource === 'pods' ? name : '',
    node: resource === 'nodes' ? name : '',
    workload_kind,
    workload: workload_kind === '' ? '' : name,
    service: 'kube-apiserver',
  }
}

function rowOf(
  sent: Sent,
  facts: AuditFacts,
  annotations: [string, string][],
): SecurityRow<'audit_events'> {
  const { received_ns, stage_ns, resource, subresource } = facts
  const user = objectAt(sent, 'user')
  const about = subresource === '' ? resource : `${resource}/${subresource}`
  const request = keptObject(member(sent, 'requestObject'), about)
  const response = keptObject(member(sent, 'responseObject'), about)
  const taken_ns = Number((stage_ns ?? 0n) - (received_ns ?? stage_ns ?? 0n))
  return {
    duration_ns: Math.max(0, taken_ns),
    ...{ audit_id: facts.audit_id, stage: facts.stage, level: facts.level, verb: facts.verb },
    user: facts.user,
    user_uid: wordAt(user, 'uid'),
    user_groups: wordsAt(user, 'groups'),
    user_extra: pairsOf(objectAt(user, 'extra')),
    impersonated_user: facts.impersonated,
    impersonated_groups: wordsAt(objectAt(sent, 'impersonatedUser'), 'groups'),
    ...{ source_ip: facts.source_ip, source_ips: facts.source_ips },
    ...{ user_agent: facts.user_agent, client: facts.client },
    ...{ api_group: facts.api_group, api_version: facts.api_version, resource, subresource },
    ...{ object_name: facts.name, object_uid: facts.uid, request_uri: keptAddress(facts.uri) },
    ...{ decision: facts.decision, reason: facts.reason },
    outcome: outcomes.indexOf(outcomeOf(facts)),
    status_code: facts.code,
    ...{ status_reason: facts.status_reason, status_message: facts.status_message },
    annotations,
    ...{ request_object: request.text, response_object: response.text },
    objects_cut: request.isCut || response.isCut,
  }
}

const ref = 'kubernetes.audit.objectRef'

/** Names of ECS where it has one, else those of Elastic's data set of audit logs. */
function fieldsOf(sent: Sent, facts: AuditFacts) {
  const user = objectAt(sent, 'user')
  const impersonated = objectAt(sent, 'impersonatedUser')
  return saying([
    ['event.action', facts.verb],
    ['event.outcome', outcomeOf(facts)],
    ['event.kind', 'event'],
    ['user.name', facts.user],
    ['user.id', wordAt(user, 'uid')],
    ['user.effective.name', facts.impersonated],
    ['source.ip', facts.source_ip],
    ['user_agent.original', facts.user_agent],
    ['user_agent.name', facts.client],
    ['url.original', keptAddress(facts.uri)],
    ['http.response.status_code', facts.code],
    ['kubernetes.audit.auditID', facts.audit_id],
    ['kubernetes.audit.stage', facts.stage],
    ['kubernetes.audit.level', facts.level],
    ['kubernetes.audit.verb', facts.verb],
    ['kubernetes.audit.user.groups', listText(wordsAt(user, 'groups'))],
    ['kubernetes.audit.impersonatedUser.groups', listText(wordsAt(impersonated, 'groups'))],
    ['kubernetes.audit.sourceIPs', listText(facts.source_ips)],
    [`${ref}.resource`, facts.resource],
    [`${ref}.subresource`, facts.subresource],
    [`${ref}.apiGroup`, facts.api_group],
    [`${ref}.apiVersion`, facts.api_version],
    [`${ref}.namespace`, facts.namespace],
    [`${ref}.name`, facts.name],
    [`${ref}.uid`, facts.uid],
    ['kubernetes.audit.responseStatus.reason', facts.status_reason],
    ['kubernetes.audit.responseStatus.message', facts.status_message],
  ])
}

/** One is that one, several are JSON, as arrays of attributes are everywhere here. */
function listText(words: readonly string[]): string {
  return words.length > 1 ? jsonOf(words) : (words[0] ?? '')
}
