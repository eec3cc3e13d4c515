/** Random TraceQL that makes sense, over few names and values so that much of it matches. */
import fc from 'fast-check'

const texts = ['a', 'b', 'ab', 'true', '7', '']
const quoted = fc.constantFrom(...texts).map((text) => JSON.stringify(text))
const numbers = fc.constantFrom('0', '1', '7', '2.5', '-1', '12', '1ms', '3ms')
const patterns = fc.constantFrom('"a.*"', '"[ab]"', '".*"', '"a|7"', '""')

const attributes = fc
  .tuple(
    fc.constantFrom('span.', 'resource.', '.', 'span.', 'event.', 'link.'),
    fc.constantFrom('x', 'y', 'n', '"odd name"'),
  )
  .map((parts) => parts.join(''))
const names = fc.oneof(
  { weight: 4, arbitrary: attributes },
  { weight: 1, arbitrary: fc.constantFrom('resource.service.name', 'resource.k8s.pod.name') },
)
const ordered = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')
const equal = fc.constantFrom('=', '!=')
const numberNames = fc.oneof(names, fc.constantFrom('duration', 'traceDuration'))
const textNames = fc.oneof(
  names,
  fc.constantFrom(
    'name',
    'statusMessage',
    'rootName',
    'rootServiceName',
    'event:name',
    'span:parentID',
  ),
)
const written = (...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((words) => words.join(' '))
const just = (text: string) => fc.constant(text)

const sum = fc.oneof(
  { weight: 3, arbitrary: written(attributes, fc.constantFrom('+', '-', '*', '/', '%'), numbers) },
  { weight: 1, arbitrary: attributes.map((name) => `-${name}`) },
)

const comparison = fc.oneof(
  written(textNames, ordered, quoted),
  written(textNames, fc.constantFrom('=~', '!~'), patterns),
  written(numberNames, ordered, numbers),
  written(numbers, ordered, numberNames),
  written(names, equal, fc.constantFrom('true', 'false', 'nil')),
  written(just('status'), equal, fc.constantFrom('ok', 'error', 'unset')),
  written(just('kind'), equal, fc.constantFrom('server', 'client', 'internal')),
  written(just('nestedSetParent'), just('<'), just('0')),
  written(sum, ordered, numbers),
  written(
    attributes.filter((name) => !/^(event|link)/.test(name)),
    ordered,
    attributes.filter((name) => !/^(event|link)/.test(name)),
  ),
  fc.constantFrom('true', 'false', '.x', '!.y'),
)

const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc
      .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
      .map(([a, operator, b]) => `(${a} ${operator} ${b})`),
    tie('condition').map((inner) => `!(${inner})`),
  ),
}))
export const randomCondition = condition

const filter = condition.map((inner) => `{ ${inner} }`)
const relation = fc.constantFrom(
  ...['>', '>>', '<', '<<', '~', '!>', '!>>', '!<', '!<<', '!~'],
  ...['&>', '&>>', '&<', '&<<', '&~', '&&', '||'],
)
const aggregate = fc.oneof(
  just('count()'),
  fc
    .tuple(
      fc.constantFrom('avg', 'min', 'max', 'sum'),
      fc.constantFrom('duration', 'span.n', '.n', 'resource.n'),
    )
    .map(([name, field]) => `${name}(${field})`),
)
const scalarStage = written(aggregate, ordered, fc.oneof(numbers, just('1 + 1'))).map(
  (stage) => ` | ${stage}`,
)
const select = fc.constantFrom('', '', ' | select(span.x, resource.y)')

/** What the engine computes by itself. */
export const randomPlainQuery = fc
  .tuple(
    filter,
    fc.oneof(
      just(''),
      filter.map((next) => ` | ${next}`),
      scalarStage,
    ),
    select,
  )
  .map((parts) => parts.join(''))

/** Relations, groups and pipelines in parentheses. */
export const randomTraceQuery = fc.oneof(
  fc.tuple(filter, relation, filter).map(([a, operator, b]) => `${a} ${operator} ${b}`),
  fc
    .tuple(filter, relation, filter, relation, filter)
    .map(([a, first, b, second, c]) => `${a} ${first} (${b} ${second} ${c})`),
  fc
    .tuple(filter, names, scalarStage)
    .map(([a, name, stage]) => `${a} | by(${name})${stage} | coalesce()`),
  fc
    .tuple(filter, scalarStage, relation, filter)
    .map(([a, stage, operator, b]) => `(${a}${stage}) ${operator} ${b}`),
)

const groups = fc.oneof(
  just(''),
  fc
    .uniqueArray(
      fc.oneof(
        names.filter((name) => !/^(event|link)/.test(name)),
        fc.constantFrom('name', 'status', 'kind'),
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((by) => ` by(${by.join(', ')})`),
)
const metric = fc.oneof(
  fc.constantFrom('rate()', 'count_over_time()'),
  fc
    .tuple(
      fc.constantFrom('min', 'max', 'avg', 'sum', 'histogram'),
      fc.constantFrom('duration', 'span.n', 'resource.n'),
    )
    .map(([name, field]) => `${name}_over_time(${field})`),
  fc.constantFrom('quantile_over_time(duration, 0, 0.5, 0.9)', 'quantile_over_time(.n, 0.25)'),
)
export const randomMetricQuery = fc
  .tuple(filter, metric, groups)
  .map(([spans, name, by]) => `${spans} | ${name}${by}`)

export const randomQuery = fc.oneof(randomPlainQuery, randomTraceQuery, randomMetricQuery)
