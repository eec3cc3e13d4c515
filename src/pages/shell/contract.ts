/**
 * The questions of the shell: which clusters and namespaces there are, and which things by name.
 */
import { z } from 'zod'
import { question, timeAsk } from '../../model/question.ts'

export type ScopePlaces = { cluster: string[]; namespace: string[] }

/** What reported in the last days; not narrowed by the top bar's own choice. */
export const scopePlaces = question<ScopePlaces>()(
  'shell.scope',
  z.strictObject({
    from_ms: timeAsk,
    to_ms: timeAsk,
  }),
)

/** Services, workloads, pods and nodes whose name holds what was typed. */
export type FoundEntities = { kind: ('service' | 'workload' | 'pod' | 'node')[]; name: string[] }

export const findEntities = question<FoundEntities>()(
  'shell.find',
  z.strictObject({
    from_ms: timeAsk,
    to_ms: timeAsk,
    typed: z.string().min(1).max(200),
  }),
)
