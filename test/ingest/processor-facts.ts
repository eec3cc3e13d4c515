/** Facts of single processors as tests: a document and what becomes of it, or why it fails. */
import { expect, it } from 'vitest'
import { ranOn } from './pipeline-fixture.ts'

type Options = Record<string, unknown>

/** One processor on one document. */
export function becomes(name: string, options: Options, source: unknown, expected: unknown) {
  it(`${name} ${JSON.stringify(options)}`, () => {
    const ran = ranOn([{ [name]: options }], source)
    expect(ran.failed).toBeUndefined()
    expect(ran.source).toEqual(expected)
  })
}

export function fails(
  name: string,
  options: Options,
  source: unknown,
  reason: string,
  type?: string,
) {
  it(`${name} fails: ${reason.slice(0, 80)}`, () => {
    const { failed } = ranOn([{ [name]: options }], source)
    expect(failed).toMatchObject({ reason, processor_type: name })
    expect(failed?.type).toBe(type ?? 'illegal_argument_exception')
  })
}
