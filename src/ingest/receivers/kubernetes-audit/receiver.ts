/**
 * The audit log of Kubernetes, as the API server's webhook sends it: an EventList, single events
 * too, or lines of its log file.
 */
import type { Decode, Receiver } from '../../receiver.ts'
import { EventRows } from '../security/event-rows.ts'
import { eventService, events_max, tooMany } from '../security/event-service.ts'
import { itemsOf, refuseWhole } from '../security/json-items.ts'
import { AuditStages } from './stages.ts'

const noun = 'audit events'
const rows = new EventRows()
const stages = new AuditStages(rows)

export const decodeAudit: Decode = (body, context, batch) => {
  rows.open(context, batch)
  stages.open(context, batch)
  let unread = 0
  let taken = 0
  let problem = ''
  for (const { event, reason, detail, text } of itemsOf(body, 'items')) {
    if (taken + unread >= events_max) throw tooMany(noun)
    if (event === undefined) {
      unread++
      problem = detail
      rows.refuse(reason, detail, text)
      continue
    }
    taken++
    if (!stages.take(event, text)) {
      rows.refuse('value_missing', 'an audit event has an auditID and a stage', text)
    }
  }
  stages.close()
  refuseWhole(taken, unread, noun, problem)
  return rows.outcome(noun)
}

export const kubernetesAudit: Receiver = {
  name: 'kubernetes_audit',
  services: [eventService({ path: '/ingest/kubernetes/audit', decode: decodeAudit })],
}
