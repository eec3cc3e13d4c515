/** Random expressions against a slow oracle, and mutated scripts that must end in an answer. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DocumentMap, toDocument, toPlain } from '../document.ts'
import { compileScript, PainlessError, PainlessFailure } from './compile.ts'

type Tree =
  | { is: 'int' | 'bool' | 'text'; text: string; value: bigint | boolean | string }
  | { is: 'two'; sign: string; left: Tree; right: Tree }
  | { is: 'one'; sign: string; operand: Tree }
  | { is: 'if'; test: Tree; yes: Tree; no: Tree }

const trees = fc.letrec<{ int: Tree; bool: Tree; text: Tree }>((get) => ({
  int: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.integer().map((value): Tree => ({ is: 'int', text: `${value}`, value: BigInt(value) })),
    fc.integer({ min: -9, max: 9 }).map((value): Tree => {
      return { is: 'int', text: `${value}`, value: BigInt(value) }
    }),
    two(['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '>>>'], get('int'), get('int')),
    fc.record({
      is: fc.constant('one' as const),
      sign: fc.constantFrom('-', '~', '+'),
      operand: get('int'),
    }),
    choice(get('bool'), get('int')),
  ),
  bool: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.boolean().map((value): Tree => ({ is: 'bool', text: `${value}`, value })),
    two(['<', '<=', '>', '>=', '==', '!='], get('int'), get('int')),
    two(['&&', '||', '==', '!=', '^', '&', '|'], get('bool'), get('bool')),
    two(['==', '!='], get('text'), get('text')),
    fc.record({ is: fc.constant('one' as const), sign: fc.constant('!'), operand: get('bool') }),
  ),
  text: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.string({ maxLength: 4 }).map((value): Tree => {
      const written = value.replace(/[\\']/g, '\\$&').replace(/[\n\r]/g, ' ')
      return { is: 'text', text: `'${written}'`, value: value.replace(/[\n\r]/g, ' ') }
    }),
    two(['+'], get('text'), get('int')),
    two(['+'], get('bool'), get('text')),
    two(['+'], get('text'), get('text')),
    choice(get('bool'), get('text')),
  ),
}))

function two(signs: string[], left: fc.Arbitrary<Tree>, right: fc.Arbitrary<Tree>) {
  const sign = fc.constantFrom(...signs)
  return fc.record({ is: fc.constant('two' as const), sign, left, right }) as fc.Arbitrary<Tree>
}

function choice(test: fc.Arbitrary<Tree>, branch: fc.Arbitrary<Tree>) {
  const parts = { is: fc.constant('if' as const), test, yes: branch, no: branch }
  return fc.record(parts) as fc.Arbitrary<Tree>
}

/** With every parenthesis, or as few as the levels of the signs allow. */
const levels = ['||', '&&', '|', '^', '&', '== !=', '< <= > >=', '<< >> >>>', '+ -', '* / %']

function written(tree: Tree, sparse: boolean): string {
  if (tree.is === 'one') {
    const inner = written(tree.operand, sparse)
    const bare = tree.operand.is === 'int' && !inner.startsWith('-')
    return `${tree.sign}${bare ? inner : `(${inner})`}`
  }
  if (tree.is === 'if') {
    const [test, yes, no] = [tree.test, tree.yes, tree.no].map((part) => written(part, sparse))
    return `(${test} ? ${yes} : ${no})`
  }
  if (tree.is !== 'two') return tree.text
  const level = levelOf(tree.sign)
  const side = (part: Tree, least: number) => {
    const text = written(part, sparse)
    if (part.is !== 'two') return text
    return sparse && levelOf(part.sign) >= least ? text : `(${text})`
  }
  return `${side(tree.left, level)} ${tree.sign} ${side(tree.right, level + 1)}`
}

function levelOf(sign: string): number {
  return levels.findIndex((signs) => signs.split(' ').includes(sign))
}

const failed = Symbol('failed')
type Answer = bigint | boolean | string
const int = (value: bigint) => BigInt.asIntN(32, value)

/** As the language reference says it, in BigInt; division by zero throws. */
function oracle(tree: Tree): Answer {
  if (tree.is === 'one') {
    const value = oracle(tree.operand)
    if (tree.sign === '!') return !value
    const number = value as bigint
    return int(tree.sign === '-' ? -number : tree.sign === '~' ? ~number : number)
  }
  if (tree.is === 'if') return oracle(tree.test) ? oracle(tree.yes) : oracle(tree.no)
  if (tree.is !== 'two') return tree.value
  const left = oracle(tree.left)
  if (tree.sign === '&&') return left && oracle(tree.right)
  if (tree.sign === '||') return left || oracle(tree.right)
  return both(tree.sign, left, oracle(tree.right))
}

function both(sign: string, left: Answer, right: Answer): Answer {
  if (sign === '==') return left === right
  if (sign === '!=') return left !== right
  if (sign === '+' && (typeof left === 'string' || typeof right === 'string')) {
    return String(left) + String(right)
  }
  if (typeof left === 'boolean') {
    if (sign === '^') return left !== right
    return sign === '&' ? left && (right as boolean) : left || (right as boolean)
  }
  const [a, b] = [left as bigint, right as bigint]
  if ((sign === '/' || sign === '%') && b === 0n) throw failed
  const answers: Record<string, () => Answer> = {
    '+': () => int(a + b),
    '-': () => int(a - b),
    '*': () => int(a * b),
    '/': () => int(a / b),
    '%': () => int(a % b),
    '&': () => a & b,
    '|': () => a | b,
    '^': () => a ^ b,
    '<<': () => int(a << (b & 31n)),
    '>>': () => a >> (b & 31n),
    '>>>': () => int(BigInt.asUintN(32, a) >> (b & 31n)),
    '<': () => a < b,
    '<=': () => a <= b,
    '>': () => a > b,
    '>=': () => a >= b,
  }
  return answers[sign]?.() ?? failed.toString()
}

test('random expressions agree with the oracle', () => {
  let failures = 0
  const property = fc.property(
    fc.oneof(trees.int, trees.bool, trees.text),
    fc.boolean(),
    (tree, sparse) => {
      let expected: Answer | undefined
      try {
        expected = oracle(tree)
      } catch {
        failures += 1
      }
      const run = compileScript(written(tree, sparse))
      if (expected === undefined) {
        expect(() => run({ ctx: new Map() })).toThrow('/ by zero')
        return
      }
      const answer = run({ ctx: new Map() })
      expect(typeof answer === 'number' ? BigInt(answer) : answer).toBe(expected)
    },
  )
  fc.assert(property, { numRuns: 4000, seed: 20 })
  expect(failures).toBeGreaterThan(10)
})

const corpus = [
  "ctx.kubernetes?.namespace == 'x' && ctx.message.contains('y')",
  "if (ctx.log.level == params.dot) { ctx.log.level = 'debug' } else { ctx.remove('log') }",
  'int s = 0; for (int i = 0; i < 5; i++) { s += i; if (s > 3) continue } return s',
  'for (def x : ctx.tags) { if (x =~ /a+(b|c)/i) { ctx.found = x; break; } }',
  "ctx.tags.removeIf(t -> t == 'a'); ctx.tags.sort((a, b) -> b.compareTo(a))",
  "Map<String, List<String>> m = new HashMap<>(); m.computeIfAbsent('k', k -> " +
    '[]).add(ctx.message); ctx.m = m',
  'try { ctx.n = Integer.parseInt(ctx.message) } catch (NumberFormatException e) { ' +
    'ctx.e = e.getMessage() }',
  'boolean drop(Object o) { if (o instanceof Map) { ((Map) o).values().removeIf(v -> ' +
    'drop(v)); } return o == null } drop(ctx)',
  "ctx.x = [1, 2.5, 'z', ['a': 1]].stream().map(x -> '' + x).collect(Collectors.joining(','))",
  'def m = /(?<a>\\w+)-(\\d+)/.matcher(ctx.message); while (m.find()) { ctx.a = ' +
    "m.group('a') + m.group(2) }",
  'int i = ctx.n; i <<= 3; i ^= 0xFF; ctx.n = (double) i / 7 + (long) 3.9 % 2; ctx.tags[-1] += i--',
  "def b = new StringBuilder(); do { b.append(ctx.n).append((char) 'x') } while " +
    '(b.length() < 20) ctx.b = b',
  "ctx.when = ZonedDateTime.parse('2026-01-02T03:04:05Z').plusDays(1).toInstant().toEpochMilli()",
  "ctx.s = ctx.message.replaceAll('[a-z]+', '<$0>').splitOnToken('-')[0].substring(1); " +
    "throw new Exception('x')",
]

test('mutated scripts are refused, fail or run, and soon', () => {
  const random = seeded(7)
  const pieces = corpus.flatMap((source) => source.match(/\w+|\s|[^\w\s]+/g) ?? [])
  const seen = { refused: 0, failed: 0, ran: 0 }
  for (let round = 0; round < 6000; round++) {
    const source = mutated(corpus[random(corpus.length)] ?? '', pieces, random)
    const started = performance.now()
    const document = { message: 'abc-12 y', n: 5, tags: ['ab', 'a'], log: { level: '.' }, d: 2.5 }
    const ctx = toDocument(document) as DocumentMap
    try {
      compileScript(source)({ ctx, params: new Map([['dot', '.']]) })
      seen.ran += 1
    } catch (error) {
      const internal = (error as Error).message.startsWith('internal: ')
      if (error instanceof PainlessError) seen.refused += 1
      else if (error instanceof PainlessFailure && !internal) seen.failed += 1
      else throw new Error(`a crash by: ${source}`, { cause: error })
    }
    JSON.stringify(toPlain(ctx))
    if (performance.now() - started > 5000) throw new Error(`too slow: ${source}`)
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
})

function mutated(source: string, pieces: string[], random: (below: number) => number): string {
  const parts = source.match(/\w+|\s|[^\w\s]/g) ?? []
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(parts.length)
    const piece = pieces[random(pieces.length)] ?? ''
    const how = random(5)
    if (how === 0) parts.splice(at, 1)
    else if (how === 1) parts.splice(at, 0, piece)
    else if (how === 2) parts.splice(at, 1, piece)
    else if (how === 3) parts.splice(at, 2, parts[at + 1] ?? '', parts[at] ?? '')
    else parts.splice(at, 0, ...parts.slice(at, at + random(12)))
  }
  return parts.join('')
}

function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return Math.floor(((state >>> 8) / 0x1000000) * below)
  }
}
