/** Lines do not depend on where the stream is cut; a line that is too long costs only itself. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LineSplitter } from './lines.ts'

function split(text: string, cuts: number[], line_bytes_max = 1000) {
  const bytes = Buffer.from(text)
  const splitter = new LineSplitter(line_bytes_max)
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
  const lines: string[] = []
  for (let i = 1; i < at.length; i++) {
    for (const line of splitter.push(bytes.subarray(at[i - 1], at[i]))) {
      lines.push(Buffer.from(line).toString())
    }
  }
  return { lines, rest: Buffer.from(splitter.rest()).toString(), skipped: splitter.skipped }
}

test('cuts anywhere give the same lines', () => {
  const words = fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 20 })
  fc.assert(
    fc.property(words, fc.array(fc.nat(), { maxLength: 30 }), (lines, cuts) => {
      const text = lines.join('\n').toWellFormed()
      const parts = text.split('\n')
      expect(split(text, cuts)).toEqual({
        lines: parts.slice(0, -1).filter((line) => line !== ''),
        rest: parts.at(-1),
        skipped: 0,
      })
    }),
  )
})

test('a line over the limit is left out, its neighbours are not', () => {
  for (const cuts of [[], [3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]) {
    const f = split(`ab\n${'x'.repeat(11)}\ncd\n`, cuts, 10)
    expect(f).toEqual({ lines: ['ab', 'cd'], rest: '', skipped: 1 })
  }
  expect(split('1234567890\n', [4], 10).lines).toEqual(['1234567890'])
})
