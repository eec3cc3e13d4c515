/** Pipelines as the server knows them: reading, trying out, saving and deleting. */
import { useQuery } from '@tanstack/react-query'
import { type Asked, answers, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { type Refusal, refusalOf } from '../../ui/editor/refusal.ts'
import { t } from '../../ui/i18n/translate.ts'
import { toast } from '../../ui/parts/toasts.ts'
import type { PipelineShown } from './contract.ts'
import { type Sample, type Trial, tagged, trialOf } from './outcome.ts'

const key = ['pipelines']

export function usePipelines(): Asked<readonly PipelineShown[]> {
  const result = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const path = '/api/pipelines'
      return (await send<{ pipelines: PipelineShown[] }>('GET', path, undefined, signal)).pipelines
    },
    refetchInterval: 5_000,
  })
  const fault = result.error instanceof Refused ? result.error.fault : undefined
  return {
    status: fault !== undefined ? 'failed' : result.data === undefined ? 'loading' : 'done',
    answer: result.data,
    fault,
    is_fetching: result.isLoading,
    is_earlier: false,
    took_ms: undefined,
    refetch: () => result.refetch(),
    stop: () => answers.cancelQueries({ queryKey: key }),
  }
}

/** Thrown when the server refuses the definition. */
export class DefinitionRefused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

type Answer = { status: number; media_type: string; body: string }

/** The JSON of an answer that is none of refusal. */
async function ask(method: string, path: string, body: string, signal?: AbortSignal) {
  const asked = { method, path, body }
  const answer = await send<Answer>('POST', '/api/console', asked, signal)
  const refusal = answer.status < 400 ? undefined : refusalOf(answer.body)
  if (refusal !== undefined) throw new DefinitionRefused(refusal)
  return JSON.parse(answer.body) as unknown
}

const pathOf = (name: string) => `/_ingest/pipeline/${encodeURIComponent(name)}`
const simulate = '/_ingest/pipeline/_simulate'

/** Asks whether the definition would be taken; throws DefinitionRefused when not. */
export async function checkDefinition(json: string, signal?: AbortSignal): Promise<void> {
  await ask('POST', simulate, `{"pipeline":${json},"docs":[{"_source":{}}]}`, signal)
}

/** `json` is the definition as it would be saved. */
export async function tryDefinition(json: string, samples: readonly Sample[]): Promise<Trial> {
  const { definition, processors } = tagged(JSON.parse(json))
  const docs = JSON.stringify(samples)
  const [plain, verbose] = await Promise.all([
    ask('POST', simulate, `{"pipeline":${json},"docs":${docs}}`),
    ask(
      'POST',
      `${simulate}?verbose=true`,
      `{"pipeline":${JSON.stringify(definition)},"docs":${docs}}`,
    ),
  ])
  return trialOf(samples, plain, verbose, processors)
}

export async function savePipeline(name: string, json: string): Promise<void> {
  await ask('PUT', pathOf(name), json)
  await answers.invalidateQueries({ queryKey: key })
}

/** Gone from the list at once, and from the server when the time to undo has passed. */
export function deletePipeline(pipeline: PipelineShown): void {
  const { name } = pipeline
  const show = (change: (all: readonly PipelineShown[]) => readonly PipelineShown[]) =>
    answers.setQueryData(key, (all: readonly PipelineShown[] | undefined) => all && change(all))
  show((all) => all.filter((one) => one.name !== name))
  toast({
    text: t('pipelines.deleting', { name }),
    undo: () => show((all) => [...all, pipeline]),
    done: async () => {
      try {
        await ask('DELETE', pathOf(name), '')
      } catch (error) {
        const says = error instanceof Refused ? error.fault.says : (error as Error).message
        toast({ text: t('pipelines.delete_failed', { name, says }), tone: 'bad' })
      }
      await answers.invalidateQueries({ queryKey: key })
    },
  })
}
