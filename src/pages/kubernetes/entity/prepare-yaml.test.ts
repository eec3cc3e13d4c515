/** Lines that differ, against applying them back; and which versions are compared. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenRevisions, revisionRows } from './prepare-revisions.ts'
import { type DiffLine, diffLines, yamlOf } from './prepare-yaml.ts'

const tags = (lines: DiffLine[]) =>
  lines.map((line) => (line.tag === 'gap' ? `… ${line.lines}` : `${line.tag} ${line.text}`))

describe('lines that differ', () => {
  it('stand among three equal ones at each side', () => {
    const numbers = Array.from({ length: 20 }, (_, at) => `line ${at}`)
    const after = numbers.with(10, 'other')
    expect(tags(diffLines(numbers.join('\n'), after.join('\n')))).toEqual([
      '… 7',
      'same line 7',
      'same line 8',
      'same line 9',
      'before line 10',
      'after other',
      'same line 11',
      'same line 12',
      'same line 13',
      '… 6',
    ])
  })
  it('are none when nothing differs', () => {
    expect(diffLines('a\nb\n', 'a\nb\n')).toEqual([])
    expect(diffLines('', '')).toEqual([])
  })
  it('lead from one text to the other, whatever they are', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    const check = (a: string[], b: string[]) => {
      const lines = diffLines(a.join('\n'), b.join('\n'))
      if (lines.length === 0) {
        expect(a).toEqual(b)
        return
      }
      // What is folded is equal in both: it is taken from the first.
      const whole = lines.flatMap((line) =>
        line.tag === 'gap'
          ? Array.from({ length: line.lines }, () => ({ tag: 'same', text: '…' }))
          : [line],
      )
      const kept = (tag: string) => whole.filter((one) => one.tag === 'same' || one.tag === tag)
      const shown = (of: { text: string }[], from: string[]) =>
        of.map(({ text }, at) => (text === '…' ? from[at] : text))
      expect(shown(kept('before'), a)).toEqual(a)
      expect(shown(kept('after'), b)).toEqual(b)
    }
    fc.assert(fc.property(text, text, check), { numRuns: 300 })
  })
})

describe('YAML', () => {
  it('without status leaves out what controllers report', () => {
    const object = {
      metadata: { name: 'a', resourceVersion: '7', generation: 2 },
      spec: { command: 'yes: no', on: true },
      status: { phase: 'Running' },
    }
    expect(yamlOf(object, true)).toBe(
      'metadata:\n  name: a\nspec:\n  command: "yes: no"\n  on: true\n',
    )
    expect(yamlOf(object)).toContain('phase: Running')
    expect(yamlOf(undefined)).toBe('')
  })
})

describe('versions', () => {
  const rows = revisionRows({
    total: 4,
    time_ms: [40, 30, 20, 10],
    change: ['deleted', 'modified', 'modified', 'added'],
    uid: ['u', 'u', 'u', 'u'],
    actor: ['', 'b', 'a', ''],
    status: ['', '', '', ''],
    changed_paths: [[], ['a', 'b', 'c', 'd', 'e', 'f'], ['spec.x'], []],
    is_status: [false, false, false, false],
  })
  const f = (
    title: string,
    wish: Partial<{ version: string; against: string }>,
    expected: number[],
  ) =>
    it(title, () => {
      const { version, against } = chosenRevisions(rows, { version: '', against: '', ...wish })
      expect([version?.time_ms ?? 0, against?.time_ms ?? 0]).toEqual(expected)
    })
  f('the newest that is there is shown whole', {}, [30, 0])
  f('one that was picked is compared with the one before it', { version: '20~u' }, [20, 10])
  f('the first is compared with none', { version: '10~u' }, [10, 0])
  f('any two are compared', { version: '30~u', against: '10~u' }, [30, 10])
  f('none is compared when none was wished', { version: '20~u', against: 'none' }, [20, 0])
  f('a version that is no longer kept is the newest', { version: '5~u' }, [30, 0])
  it('say the first of what they changed', () => {
    expect(rows[1]?.paths).toBe('a, b, c, d +2')
  })
})
