/** How many actions, alerts and flows the range holds, and how many were not let through. */
import type { RangeAsk } from '../../model/question.ts'
import { type AskContext, answers } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { type SecurityCounts, securityCounts } from './contract.ts'

type Row = { kind: keyof SecurityCounts; events: string; stopped: string }

async function counted(ask: RangeAsk, context: AskContext): Promise<SecurityCounts> {
  const rows = await context.store.rows<Row>(
    sql`SELECT 'audit' AS kind, count() AS events, countIf(status_code IN (401, 403)
        OR decision = 'forbid') AS stopped
      FROM audit_events WHERE ${within('audit_events', ask, context.scope)}
    UNION ALL SELECT 'security' AS kind, count() AS events, countIf(severity_number >= 13)
        AS stopped
      FROM security_events WHERE ${within('security_events', ask, context.scope)}
    UNION ALL SELECT 'flows' AS kind, count() AS events, countIf(verdict IN ('dropped', 'denied'))
        AS stopped
      FROM network_flows WHERE ${within('network_flows', ask, context.scope)}`,
    { signal: context.signal },
  )
  const of = (kind: keyof SecurityCounts) => {
    const row = rows.find((one) => one.kind === kind)
    return { events: Number(row?.events ?? 0), stopped: Number(row?.stopped ?? 0) }
  }
  return { audit: of('audit'), security: of('security'), flows: of('flows') }
}

export const securityAnswerer = answers(securityCounts, counted)
