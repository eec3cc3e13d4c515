/** What completion offers for pipelines is what pipelines take. */
import { expect, test } from 'vitest'
import { compilePipeline } from '../../src/pipeline/ingest/compile.ts'
import { processorKinds } from '../../src/pipeline/ingest/processors.ts'
import { strictJson } from '../../src/ui/editor/json-print.ts'
import { readJson } from '../../src/ui/editor/lenient-json.ts'
import { processors } from '../../src/ui/editor/processors.ts'

test('every kind of processor is offered, and no other', () => {
  expect(processors.map(({ type }) => type).sort()).toEqual([...processorKinds.keys()].sort())
})

/** The places of a snippet as a person who fills them. */
function filled(snippet: string): Record<string, unknown> {
  const text = snippet.replaceAll(/#\{((?:[^}\\]|\\.)*)\}/g, (_all, shown: string) =>
    shown === '' ? 'x' : shown.replaceAll(/\\([{}])/g, '$1'),
  )
  return JSON.parse(strictJson(readJson(text).values[0]!))
}

test.each(processors)('$type compiles with its snippet, and knows its options', (one) => {
  const config = filled(one.snippet)
  const put = (options: object) => compilePipeline('x', { processors: [{ [one.type]: options }] })
  expect(() => put(config)).not.toThrow()
  expect(() => put({ ...config, unheard_of: null })).toThrow(/unheard_of/)
  const isOther = (name: string) => Object.hasOwn(config, 'value') && name === 'copy_from'
  const others = one.options.filter(({ name }) => !Object.hasOwn(config, name) && !isOther(name))
  // An option that is null is known and not given; one that is not known is refused by name.
  const nulls = Object.fromEntries(others.map(({ name }) => [name, null]))
  expect(() => put({ ...config, ...nulls })).not.toThrow()
  const needed = one.options.filter(({ is_required }) => is_required)
  for (const { name } of needed) {
    expect(() => put({ ...config, [name]: null }), name).toThrow(new RegExp(name))
  }
})
