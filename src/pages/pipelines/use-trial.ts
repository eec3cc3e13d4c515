/** Trying the definition that is being edited on the newest records of a data set. */
import { useState } from 'react'
import { askOnce, type FaultShown, Refused, useAsk } from '../../ui/ask/ask.ts'
import type { Refusal } from '../../ui/editor/refusal.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type PipelineSamples, pipelineDatasets, pipelineSamples } from './contract.ts'
import { datasetOf } from './naming.ts'
import type { Sample, Trial } from './outcome.ts'
import { DefinitionRefused, tryDefinition } from './requests.ts'

export type Trying = ReturnType<typeof useTrial>
export type Tried = { of: string; samples: PipelineSamples; trial: Trial; asked: number }

const records_max = 20
/** A request of the console is at most a MiB; the definition has its share. */
const samples_bytes_max = 700_000

export function useTrial(
  name: string,
  json: string | undefined,
  refused: (refusal: Refusal) => void,
) {
  const range = useRangeAsk()
  const known = useAsk(pipelineDatasets, range)
  const datasets = known.answer?.dataset ?? []
  const [chosen, setChosen] = useState<string>()
  const [tried, setTried] = useState<Tried>()
  const [fault, setFault] = useState<FaultShown>()
  const [isBusy, setBusy] = useState(false)
  const dataset = chosen ?? datasetOf(name, datasets) ?? ''
  const run = async (): Promise<Trial | undefined> => {
    if (json === undefined || isBusy) return undefined
    setBusy(true)
    setFault(undefined)
    try {
      const ofDataset = dataset === '' ? {} : { dataset }
      const found = await askOnce(pipelineSamples, {
        ...range,
        ...ofDataset,
        rows_max: records_max,
      })
      const samples = fitting(found)
      const trial: Trial =
        samples.length === 0 ? { records: [], processors: [] } : await tryDefinition(json, samples)
      setTried({ of: json, samples: found, trial, asked: found.document.length })
      return trial
    } catch (error) {
      if (error instanceof DefinitionRefused) refused(error.refusal)
      else if (error instanceof Refused) setFault(error.fault)
      else throw error
      return undefined
    } finally {
      setBusy(false)
    }
  }
  return {
    ...{ run, isBusy, fault, dataset, datasets, tried, canRun: json !== undefined },
    /** What is shown is of an earlier text. */
    isEarlier: tried !== undefined && tried.of !== json,
    choose: (next: string) => {
      setChosen(next)
      setTried(undefined)
    },
  }
}

function fitting({ document, index }: PipelineSamples): Sample[] {
  let left = samples_bytes_max
  const samples: Sample[] = []
  for (const [at, _source] of document.entries()) {
    left -= JSON.stringify(_source).length
    if (left < 0) break
    samples.push({ _index: index[at] ?? '', _source })
  }
  return samples
}
