/**
 * What agents and server say to each other: enrolment and check-in, as JSON over HTTPS on the port
 * of the screens. The shape follows Elastic's fleet-server; telemetry goes another way.
 */
import { z } from 'zod'

/** cluster: the one that watches a cluster as a whole. host: a machine without a cluster. */
export const agentKinds = ['node', 'cluster', 'host'] as const
export type AgentKind = (typeof agentKinds)[number]

const word = z.string().max(253)

/**
 * `POST /api/fleet/enroll`, with `Authorization: Bearer` of an enrolment or ServiceAccount token.
 */
export const enrolSchema = z.strictObject({
  /** Chosen by the agent and kept in its state: enrolling twice answers the same agent. */
  enrolment_id: z.string().regex(/^[a-z0-9-]{16,64}$/),
  kind: z.enum(agentKinds),
  /** Asked for; the token's cluster wins. */
  cluster: word.default(''),
  node: word.default(''),
  host: word,
  version: z.string().max(64),
  tags: z.array(z.string().max(64)).max(32).default([]),
  /** Kernel, architecture, container runtime, what else people read in the list. */
  about: z
    .record(z.string().max(64), z.string().max(512))
    .refine((about) => Object.keys(about).length <= 32)
    .default({}),
})
export type Enrol = z.output<typeof enrolSchema>
export type Enrolled = {
  agent_id: string
  /** Sent as `Authorization: Bearer` from then on: to check in, and to ingest. */
  agent_key: string
  cluster: string
  policy_id: string
}

export const agentStates = ['healthy', 'degraded', 'failed'] as const

/** How one integration of the policy does on this agent. */
export const componentSchema = z.strictObject({
  id: word,
  type: word,
  state: z.enum(agentStates),
  /** A sentence: what is wrong and what to do; empty when healthy. */
  message: z.string().max(2048).default(''),
})
export type Component = z.output<typeof componentSchema>

/**
 * `POST /api/fleet/agents/{id}/checkin`, with the agent's key. Held open until the policy changes,
 * at most `wait_s`.
 */
export const checkinSchema = z.strictObject({
  state: z.enum(agentStates),
  message: z.string().max(2048).default(''),
  /** The revision that runs; 0 before the first. */
  revision: z.number().int().nonnegative(),
  /** Of which policy. An agent that does not say runs what it was given last. */
  policy_id: word.default(''),
  /** A revision that was tried and put back, and why. */
  refused: z
    .strictObject({
      revision: z.number().int().positive(),
      reason: z.string().max(2048),
      /** Of which policy; empty: the one it was given last. */
      policy_id: word.default(''),
    })
    .optional(),
  components: z.array(componentSchema).max(64).default([]),
  version: z.string().max(64),
  figures: z.strictObject({
    memory_bytes: z.number().nonnegative(),
    cpu_seconds: z.number().nonnegative(),
    spool_bytes: z.number().nonnegative(),
    records_sent: z.number().nonnegative(),
    records_dropped: z.number().nonnegative(),
    /** Age of the oldest record that waits. */
    lag_s: z.number().nonnegative(),
  }),
  wait_s: z.number().int().min(0).max(300).default(60),
})
export type Checkin = z.output<typeof checkinSchema>
export type CheckinAnswer = {
  /** Undefined when the agent runs the newest that is meant for it. */
  policy?: { policy_id: string; revision: number; document: unknown }
  /** The agent has been unenrolled: it stops sending and does not come back by itself. */
  unenrolled?: boolean
}
