/**
 * Some random questions in each query language with a fixed seed, judged as `npm run
 * fuzz:queries` judges very many; and that the judge sees what it is there for.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everything, type Scope } from '../../src/model/question.ts'
import { type Ask, languages } from './ask.ts'
import { fixpointFault } from './fixpoint.ts'
import { fuzz } from './fuzz.ts'
import { faultsOf } from './judge.ts'
import { markOf, type Place, places } from './places.ts'
import { openRig, type Rig, tinyLimits, usualLimits } from './rig.ts'
import { difference } from './same.ts'

const queries = 30

describe('random questions', () => {
  const [{ cluster }] = places as [Place]
  const scope: Scope = {
    clusters: [cluster],
    namespaces: [places[1]!.namespace, ''],
    classes: 'all',
  }
  let rig: Rig
  let oracle: Rig
  beforeAll(async () => {
    rig = await openRig()
    oracle = await openRig(scope)
  })
  afterAll(() => Promise.all([rig.close(), oracle.close()]))

  it.each(languages)('in %s tell nobody too much', { timeout: 60_000 }, async (language) => {
    const failures: string[] = []
    const fail = (text: string) => failures.push(text)
    const only = { scope, oracle }
    const options = { seed: 20, queries, per_caller: queries, compared_share: 0.4, fail, only }
    const figures = await fuzz(language, rig, options)
    expect(failures).toEqual([])
    expect(figures.answered).toBeGreaterThan(queries / 3)
    expect(figures.compared).toBeGreaterThan(3)
    expect(figures.empty).toBeLessThan(queries * 0.8)
  })
})

describe('the judge tells of', () => {
  const ask: Ask = {
    ...{ language: 'esql', kind: 'query', query: 'FROM x', sent: 'FROM x', isComparable: true },
    answer: async () => ({ status: 200, text: '' }),
  }
  const hidden = markOf(places[1]!, 'logs')
  const scope = { ...everything, namespaces: [places[0]!.namespace] }
  const judged = (status: number, text: string, sent = '') =>
    faultsOf({ ...ask, sent }, { status, text }, { scope, limits: tinyLimits, refused: [] })
  const f = (name: string, status: number, text: string, found: RegExp) =>
    it(name, () => expect(judged(status, text).join()).toMatch(found))
  f("others' rows", 200, `{"values":["${hidden.toUpperCase()}-1"]}`, /LEAK/)
  f("others' places", 200, `{"values":["${places[1]!.namespace}"]}`, /LEAK/)
  f('failures', 500, 'internal error', /status 500/)
  f("the engine's words", 400, 'Code: 47. DB::Exception: Unknown identifier', /own words/)
  f('too many rows', 200, '{"values":[[1],[2],[3],[4]]}', /4 rows, and 3/)

  it('nothing else', () => {
    expect(judged(200, `{"values":["${markOf(places[0]!, 'logs')}"]}`)).toEqual([])
    expect(judged(404, `no index ${hidden}`, `FROM ${hidden}`)).toEqual([])
    const limits = { scope: everything, limits: usualLimits, refused: ['Code: 1'] }
    expect(faultsOf(ask, { status: 200, text: '' }, limits)).toHaveLength(1)
  })

  it('answers that differ, order and noise aside', () => {
    expect(difference('{"a":[1,2.0000000000001],"took":1}', '{"took":2,"a":[2,1]}')).toBe(undefined)
    expect(difference('{"a":[1,2]}', '{"a":[1,3]}')).toContain('3')
    expect(difference('{"a":["1"]}', '{"a":[]}')).toContain('1')
  })

  it('printers that change what is meant', () => {
    const parse = (text: string) => ({ words: text.split(' ') })
    const print = ({ words }: { words: string[] }) => words.join(' ')
    expect(fixpointFault({ parse, print }, 'a b')).toBe(undefined)
    const lossy = { parse, print: ({ words }: { words: string[] }) => words[0]! }
    expect(fixpointFault(lossy, 'a b')).toContain('another tree')
    const throwing = () => {
      throw new TypeError('of ours')
    }
    expect(fixpointFault({ parse: throwing, print }, 'a')).toContain('of ours')
  })
})
