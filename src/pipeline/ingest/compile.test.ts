/** What is refused at PUT, with the words and the place. */
import { expect, it } from 'vitest'
import { compilePipeline } from './compile.ts'
import { PipelineRefused } from './pipeline-refused.ts'

function refusal(definition: unknown): PipelineRefused {
  try {
    compilePipeline('p', definition)
  } catch (error) {
    if (error instanceof PipelineRefused) return error
    throw error
  }
  throw new Error('it was taken')
}

/** One processor, and what is said of it. */
function refuses(name: string, options: unknown, message: string | RegExp, at?: string) {
  it(`refuses ${name} ${JSON.stringify(options).slice(0, 80)}`, () => {
    const refused = refusal({
      processors: [{ set: { field: 'a', value: 1 } }, { [name]: options }],
    })
    if (typeof message === 'string') expect(refused.message).toBe(message)
    else expect(refused.message).toMatch(message)
    expect(refused.path).toBe(`processors[1].${name}${at === undefined ? '' : `.${at}`}`)
    expect(refused.processor_type).toBe(name)
  })
}

refuses('x', {}, 'No processor type exists with name [x]')
refuses('set', 1, "[set] property isn't a map, but of type [java.lang.Integer]")
refuses('set', { value: 1 }, '[field] required property is missing', 'field')
refuses('set', { field: 'a' }, '[value] required property is missing', 'value')
refuses(
  'set',
  { field: 1, value: 1 },
  "[field] property isn't a string, but of type [java.lang.Integer]",
  'field',
)
refuses('set', { field: '', value: 1 }, '[field] path cannot be null nor empty', 'field')
refuses(
  'set',
  { field: 'a', value: 1, copy_from: 'b' },
  '[copy_from] cannot set both `copy_from` and `value` in the same processor',
  'copy_from',
)
refuses(
  'set',
  { field: 'a', value: 1, x: 2, y: 3 },
  "processor [set] doesn't support one or more provided configuration parameters [x, y]",
)
refuses(
  'set',
  { field: 'a', value: '{{b' },
  '[value] Improperly closed variable in template at 0',
  'value',
)
refuses(
  'trim',
  { field: 'a', ignore_missing: 'yes' },
  "[ignore_missing] property isn't a boolean, but of type [java.lang.String]",
  'ignore_missing',
)
refuses(
  'trim',
  { field: 'a', on_failure: [] },
  '[on_failure] processors list cannot be empty',
  'on_failure',
)
refuses(
  'convert',
  { field: 'a', type: 'x' },
  '[type] type [x] not supported, cannot convert field.',
  'type',
)
refuses(
  'gsub',
  { field: 'a', pattern: '[', replacement: '' },
  '[pattern] Invalid regex pattern. unclosed character class near index 0',
  'pattern',
)
refuses(
  'gsub',
  { field: 'a', pattern: 'a(?=b)', replacement: '' },
  /lookahead is not supported near index 1/,
  'pattern',
)
refuses(
  'gsub',
  { field: 'a', pattern: '(a)\\1', replacement: '' },
  /back references are not supported near index 3/,
  'pattern',
)
refuses(
  'gsub',
  { field: 'a', pattern: '[a-z&&[^b]]', replacement: '' },
  /intersections of classes/,
  'pattern',
)
refuses(
  'gsub',
  { field: 'a', pattern: 'a', replacement: '$1' },
  '[replacement] No group 1 near index 0',
  'replacement',
)
refuses(
  'grok',
  { field: 'a', patterns: [] },
  '[patterns] List of patterns must not be empty',
  'patterns',
)
refuses(
  'grok',
  { field: 'a', patterns: ['%{NOPE:x}'] },
  /found in: \[%\{NOPE:x\}\]. Unable to find pattern \[NOPE\] in Grok's pattern dictionary$/,
  'patterns',
)
refuses(
  'grok',
  { field: 'a', patterns: ['%{A}'], pattern_definitions: { A: '%{B}', B: '%{A}' } },
  /circular reference detected: \[A\]=>\[B\]=>\[A\]/,
  'patterns',
)
refuses(
  'dissect',
  { field: 'a', pattern: 'x' },
  '[pattern] Unable to parse pattern: x Reason: Unable to find any keys or delimiters.',
  'pattern',
)
refuses(
  'dissect',
  { field: 'a', pattern: '%{*a} %{b}' },
  /invalid key\/reference associations/,
  'pattern',
)
refuses('date', { field: 'a', formats: ["yyyy 'x"] }, /incomplete string literal/, 'formats')
refuses('date', { field: 'a', formats: ['bbb'] }, /Unknown pattern letter: b/, 'formats')
refuses(
  'date',
  { field: 'a', formats: ['UNIX'], timezone: 'Mars/X' },
  '[timezone] Unknown time-zone ID: Mars/X',
  'timezone',
)
refuses('date', { field: 'a' }, '[formats] required property is missing', 'formats')
refuses(
  'csv',
  { field: 'a', target_fields: ['x'], quote: "''" },
  '[quote] quote can only contain a single character',
  'quote',
)
refuses(
  'fingerprint',
  { fields: ['a'], method: 'CRC' },
  /\[CRC\] must be one of the supported hash methods \[MD5,SHA-1,SHA-256,SHA-512,Murm/,
  'method',
)
refuses(
  'foreach',
  { field: 'a', processor: { set: {}, trim: {} } },
  '[processor] Must specify exactly one processor type',
  'processor',
)
refuses(
  'dot_expander',
  { field: 'a' },
  '[field] field does not contain a dot and is not a wildcard',
  'field',
)
refuses(
  'sort',
  { field: 'a', order: 'up' },
  '[order] Sort direction [up] not recognized. Valid values are: [asc, desc]',
  'order',
)
refuses('reroute', { dataset: 'A' }, "[dataset] 'A' contains disallowed characters", 'dataset')
refuses('script', { id: 'x' }, /stored scripts are not kept here/, 'id')
for (const name of ['enrich', 'inference', 'attachment', 'registered_domain']) {
  refuses(name, { field: 'a' }, new RegExp(`processor \\[${name}\\] is not supported: it needs`))
}

it('tells the place of a script', () => {
  const refused = refusal({ processors: [{ script: { source: 'ctx.a = 1;\nctx.b = = 2' } }] })
  expect(refused).toMatchObject({
    ...{ type: 'script_exception', path: 'processors[0].script.source' },
    position: { line: 2, column: 9 },
  })
  const condition = refusal({ processors: [{ drop: { if: 'ctx.a ==', tag: 't' } }] })
  expect(condition).toMatchObject({ path: 'processors[0].drop.if', processor_tag: 't' })
})

it('tells the place of what is within', () => {
  const inner = {
    foreach: { field: 'a', processor: { trim: { field: 'b', on_failure: [{ y: {} }] } } },
  }
  const refused = refusal({ processors: [], on_failure: [inner] })
  expect(refused.path).toBe('on_failure[0].foreach.processor.trim.on_failure[0].y')
})

it('refuses what is no pipeline', () => {
  expect(refusal([]).message).toMatch(/a pipeline is an object/)
  expect(refusal({}).message).toBe('[processors] required property is missing')
  expect(refusal({ processors: {} }).message).toMatch(/property isn't a list/)
  expect(refusal({ processors: [], on_failure: [] }).message).toBe(
    'pipeline [p] cannot have an empty on_failure option defined',
  )
  expect(refusal({ processors: [], x: 1 }).message).toBe(
    "pipeline [p] doesn't support one or more provided configuration parameters [x]",
  )
  expect(refusal({ processors: [1] }).path).toBe('processors[0]')
  let deep: object = { drop: {} }
  for (let i = 0; i < 17; i++) deep = { foreach: { field: 'a', processor: deep } }
  expect(refusal({ processors: [deep] }).message).toMatch(/at most 16 deep/)
  const many = Array.from({ length: 1001 }, () => ({ drop: {} }))
  expect(refusal({ processors: many }).message).toMatch(/at most 1000 processors/)
})
