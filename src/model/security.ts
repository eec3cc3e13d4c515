/** Words of the security tables that a list closes: columns, receivers and searches share them. */

export const outcomes = ['unknown', 'success', 'failure'] as const
export type Outcome = (typeof outcomes)[number]

/** Who saw it. */
export const sensors = ['falco', 'tetragon', 'hubble', 'calico', 'envoy'] as const
export type Sensor = (typeof sensors)[number]

export const auditStages = [
  'RequestReceived',
  'ResponseStarted',
  'ResponseComplete',
  'Panic',
] as const
export type AuditStage = (typeof auditStages)[number]
