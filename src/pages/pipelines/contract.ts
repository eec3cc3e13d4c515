/** The questions of the Pipelines page: which data sets there are, and their newest records. */
import { z } from 'zod'
import { question, rangeAsk } from '../../model/question.ts'

/** The data set of records that name none, as all shippers have it. */
export const genericDataset = 'generic'

/** Data sets that log records name, the largest first. */
export type PipelineDatasets = { dataset: string[] }
export const pipelineDatasets = question<PipelineDatasets>()(
  'pipelines.datasets',
  z.strictObject(rangeAsk),
)

/** Documents as pipelines see them: nested, in ECS' names. */
export type PipelineSamples = {
  time_ms: number[]
  message: string[]
  index: string[]
  document: Record<string, unknown>[]
}
export const samples_max = 100
export const pipelineSamples = question<PipelineSamples>()(
  'pipelines.samples',
  z.strictObject({
    ...rangeAsk,
    /** Of any data set when there is none. */
    dataset: z.string().max(256).optional(),
    rows_max: z.number().int().min(1).max(samples_max).default(20),
  }),
)

/** What GET /api/pipelines answers. */
export type PipelineShown = {
  name: string
  /** As it was put. */
  definition: { description?: string; processors?: unknown[] }
  version: number
  updated_ms: number
  updated_by: string
  /** Since this server started. */
  count: number
  failed: number
  dropped: number
  is_running: boolean
}
