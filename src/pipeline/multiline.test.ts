/** Which lines make a record together, as tables of lines. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { JoinBudget, JoinBuffer } from './join-buffer.ts'
import { isComplete, Multiline, type MultilineSettings } from './multiline.ts'

const plain: MultilineSettings = { kind: 'auto', negate: false, match: 'after', lines_max: 500 }

/** Groups are given as lines of lines; they are run one after another and must come out again. */
function group(settings: Partial<MultilineSettings>, lines: string[]): string[][] {
  const multiline = new Multiline({ ...plain, ...settings })
  const records: string[][] = []
  let open: { lines: string[]; state: NonNullable<ReturnType<Multiline['start']>> } | undefined
  for (const text of lines) {
    if (open !== undefined && multiline.continues(open.state, text)) {
      open.lines.push(text)
      if (isComplete(open.state)) open = undefined
      continue
    }
    const mayStart = multiline.needles?.some((needle) => text.includes(needle)) ?? true
    const state = mayStart ? multiline.start(text) : undefined
    const record = [text]
    records.push(record)
    open = state === undefined ? undefined : { lines: record, state }
  }
  return records
}

const keeps = (name: string, settings: Partial<MultilineSettings>, records: string[][]) =>
  test(name, () => expect(group(settings, records.flat())).toEqual(records))

const java = [
  'java.lang.RuntimeException: wrapped',
  '\tat com.example.App.main(App.java:5)',
  'Caused by: java.lang.NullPointerException: null',
  '\tat com.example.Db.query(Db.java:42)',
  '\t... 1 more',
]
const python = [
  'Traceback (most recent call last):',
  '  File "/app/main.py", line 3, in <module>',
  '    main()',
  '    ^^^^^^',
  '  File "/app/main.py", line 2, in main',
  "    raise ValueError('no')",
  'ValueError: no',
]
const go = [
  'panic: runtime error: index out of range [5] with length 3',
  '',
  'goroutine 1 [running]:',
  'main.main()',
  '\t/app/main.go:8 +0x1d',
  'created by main.start',
  '\t/app/main.go:4 +0x1d',
]
const ruby = [
  "/app/x.rb:3:in `div': divided by 0 (ZeroDivisionError)",
  "\tfrom /app/x.rb:7:in `run'",
  "  from /app/x.rb:9:in `<main>'",
]
const dotnet = [
  'System.InvalidOperationException: no',
  '   at App.Program.Run() in /src/Program.cs:line 9',
  '--- End of stack trace from previous location where exception was thrown ---',
  '   at App.Program.Main()',
]
const javascript = ['TypeError: x is not a function', '    at run (/app/a.js:1:2)']

describe('stack traces among other lines', () => {
  for (const [name, trace] of Object.entries({ java, python, go, ruby, dotnet, javascript })) {
    keeps(name, {}, [['before'], trace, ['after it'], ['and more']])
    keeps(`two of ${name}`, {}, [trace, ['between'], trace])
  }
  keeps('of all languages', {}, [java, ['x'], python, go, ['y'], ruby])
  keeps('none when told so', { kind: 'none' }, [...java.map((text) => [text])])
  keeps('of another language than told', { kind: 'go' }, [...java.map((text) => [text])])
  keeps('a line that only speaks of an error', {}, [['Error: x'], ['next'], ['next']])
})

describe('patterns as Filebeat reads them', () => {
  const pattern = (negate: boolean, match: 'after' | 'before') =>
    ({ kind: 'pattern', pattern: '^b', negate, match }) as const
  keeps('matching lines go after', pattern(false, 'after'), [
    ['a', 'b', 'b'],
    ['c', 'b'],
  ])
  keeps('matching lines go before', pattern(false, 'before'), [['b', 'b', 'a'], ['c'], ['b', 'a']])
  keeps('others go after a match', pattern(true, 'after'), [
    ['b', 'a', 'c'],
    ['b', 'x'],
  ])
  keeps('others go before a match', pattern(true, 'before'), [
    ['a', 'c', 'b'],
    ['a', 'b'],
  ])
  keeps('a flush pattern ends it', { ...pattern(true, 'after'), flush_pattern: 'END$' }, [
    ['b start', 'x', 'x END'],
    ['y', 'z'],
  ])
  keeps('while they match', { kind: 'while_pattern', pattern: '^\\{' }, [
    ['{a', '{b'],
    ['c'],
    ['d'],
  ])
  keeps('by count', { kind: 'count', count_lines: 2 }, [['a', 'b'], ['c', 'd'], ['e']])

  test('a pattern that would never end in V8 ends', () => {
    const multiline = new Multiline({ ...plain, kind: 'pattern', pattern: '^(a+)+$' })
    const started_ms = performance.now()
    multiline.start(`${'a'.repeat(2000)}!`)
    expect(performance.now() - started_ms).toBeLessThan(5000)
  })

  test('a broken pattern is refused', () => {
    expect(() => new Multiline({ ...plain, kind: 'pattern', pattern: '(' })).toThrow()
  })
})

describe('joining', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

  test('past the limit only length and hash go on', () => {
    const buffer = new JoinBuffer(new JoinBudget())
    const whole = Buffer.alloc(3 * 1024 * 1024 + 17, 'crow')
    for (let at = 0; at < whole.length; at += 100_000) {
      buffer.append(whole, at, Math.min(whole.length, at + 100_000))
    }
    expect(buffer.length).toBe(1024 * 1024)
    expect(buffer.total_bytes).toBe(whole.length)
    expect(buffer.isTruncated).toBe(true)
    expect(buffer.sha256()).toBe(sha256(whole))
    expect(
      Buffer.compare(buffer.bytes.subarray(0, buffer.length), whole.subarray(0, 1 << 20)),
    ).toBe(0)
  })

  test('many together stay in their budget, and give it back', () => {
    const budget = new JoinBudget(1024 * 1024)
    const piece = Buffer.alloc(200_000, 1)
    const buffers = Array.from({ length: 20 }, () => new JoinBuffer(budget))
    for (const buffer of buffers) buffer.append(piece, 0, piece.length)
    expect(budget.held_bytes).toBeLessThanOrEqual(1024 * 1024)
    expect(buffers.some((buffer) => buffer.isTruncated)).toBe(true)
    for (const buffer of buffers) {
      expect(buffer.total_bytes).toBe(piece.length)
      if (buffer.isTruncated) expect(buffer.sha256()).toBe(sha256(piece))
      buffer.free()
    }
    expect(budget.held_bytes).toBe(0)
  })
})
