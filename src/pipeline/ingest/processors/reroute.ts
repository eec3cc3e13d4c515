/** reroute: sends the document to another index; no processor sees it after this one. */
import { fieldPath, type IngestRun } from '../ingest-run.ts'
import type { ProcessorOptions } from '../options.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

type Source = (run: IngestRun) => string | undefined

const index = fieldPath('_index')
const eventDataset = fieldPath('event.dataset')
const places = {
  type: fieldPath('data_stream.type'),
  dataset: fieldPath('data_stream.dataset'),
  namespace: fieldPath('data_stream.namespace'),
}

export const reroute: ProcessorKind = {
  type: 'reroute',
  compile(options) {
    const destination = options.optionalString('destination')
    const datasets = sourcesOf(options, 'dataset', /[\\/*?"<>| ,#:-]/g)
    const namespaces = sourcesOf(options, 'namespace', /[\\/*?"<>| ,#:]/g)
    if (destination !== undefined && (datasets.isSet || namespaces.isSet)) {
      options.refuse('destination', 'can only be set if dataset and namespace are not set')
    }
    return (run) => {
      if (destination !== undefined) {
        run.write(index, destination)
        return 'leave'
      }
      const name = run.readText(index, false) ?? ''
      const parts = /^([^-]*)-([^-]*)-(.*)$/s.exec(name)
      if (parts === null) {
        const scheme = 'must follow naming scheme <type>-<dataset>-<namespace>'
        throw new ProcessorFailure(`invalid data stream name: [${name}]; ${scheme}`)
      }
      const [, type = '', oldDataset = '', oldNamespace = ''] = parts
      const dataset = firstOf(datasets.sources, run) ?? oldDataset
      const namespace = firstOf(namespaces.sources, run) ?? oldNamespace
      run.write(index, `${type}-${dataset}-${namespace}`)
      run.write(places.type, type)
      run.write(places.dataset, dataset)
      run.write(places.namespace, namespace)
      if (run.find(eventDataset) !== undefined) run.write(eventDataset, dataset)
      return 'leave'
    }
  },
}

function firstOf(sources: readonly Source[], run: IngestRun): string | undefined {
  for (const source of sources) {
    const found = source(run)
    if (found !== undefined) return found
  }
  return undefined
}

function sourcesOf(
  options: ProcessorOptions,
  name: 'dataset' | 'namespace',
  forbidden: RegExp,
): { isSet: boolean; sources: Source[] } {
  const given = options.stringOrStrings(name)
  const clean = (text: string) => text.toLowerCase().slice(0, 100).replace(forbidden, '_')
  const texts = given ?? [`{{data_stream.${name}}}`]
  const sources = texts.map((text): Source => {
    if (!text.includes('{{') && !text.includes('}}')) {
      if (clean(text) !== text) {
        options.refuse(name, `'${text}' contains disallowed characters`)
      }
      return () => text
    }
    const field = /^\{\{(?:\{([^{}]+)\}|([^{}]+))\}\}$/.exec(text)
    if (field === null) return options.refuse(name, `'${text}' is not a valid field reference`)
    const path = options.pathOf(name, (field[1] ?? field[2] ?? '').trim())
    return (run) => {
      const value = run.find(path)
      return typeof value === 'string' ? clean(value) : undefined
    }
  })
  return { isSet: given !== undefined, sources }
}
