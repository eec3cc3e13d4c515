/** Both framings, mixed and cut anywhere, against the list of messages that were framed. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SyslogFrames } from './framing.ts'

function take(pieces: readonly Uint8Array[]): string[] {
  const frames = new SyslogFrames(1000)
  const found: Uint8Array[] = []
  for (const piece of pieces) frames.add(piece, found)
  const rest = frames.end()
  return [...found, ...(rest === undefined ? [] : [rest])].map((one) => Buffer.from(one).toString())
}

test.each([
  ['5 <1>ab7 <2>cd\nx', ['<1>ab', '<2>cd\nx']],
  ['<1>a\n<2>b\r\n', ['<1>a', '<2>b\r']],
  ['<1>a\0\n<2>b\0', ['<1>a', '<2>b']],
  ['<1>last', ['<1>last']],
  ['5 <1>ab<2>line\n5 <3>cd', ['<1>ab', '<2>line', '<3>cd']],
  ['12 apples\n', ['12 apples']],
  ['99 <1>cut', []],
])('%j', (stream, messages) => {
  expect(take([Buffer.from(stream)])).toEqual(messages)
})

test('a length past the limit is refused at once', () => {
  expect(() => take([Buffer.from('999999999 <1>')])).toThrow('larger than 1000 bytes')
  expect(() => take([Buffer.alloc(1001, 'x')])).toThrow('larger than 1000 bytes')
})

test('cut anywhere', () => {
  const message = fc.record({
    text: fc.stringMatching(/^[a-z 0-9<>]{0,20}$/).map((text) => `<13>${text}`),
    isCounted: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(40)), (messages, cuts) => {
      const stream = Buffer.from(
        messages
          .map(({ text, isCounted }) => (isCounted ? `${text.length} ${text}` : `${text}\n`))
          .join(''),
      )
      const pieces: Buffer[] = []
      let at = 0
      for (const cut of cuts) {
        pieces.push(stream.subarray(at, at + cut))
        at += cut
      }
      pieces.push(stream.subarray(at))
      expect(take(pieces)).toEqual(messages.map(({ text }) => text))
    }),
    { seed: 7, numRuns: 500 },
  )
})
