/** Facts of texts that are refused, each with where, and of runs that a limit ends. */
import { describe, expect, test } from 'vitest'
import { compileCondition, compileScript, PainlessError, PainlessFailure } from './compile.ts'

function refusal(source: string): [line: number, column: number, message: string] | string {
  try {
    compileScript(source)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof PainlessError)) return `crashed: ${error}`
    const { line, column, message, offset } = error.problem
    const before = source.slice(0, offset).split('\n')
    // The line and column are those of the offset.
    expect([before.length, (before.at(-1) ?? '').length + 1]).toEqual([line, column])
    return [line, column, message]
  }
}

function f(source: string, line: number, column: number, says: string | RegExp): void {
  test(source.slice(0, 60).replace(/\s/g, ' '), () => {
    const seen = refusal(source)
    expect(seen).toEqual([line, column, expect.stringMatching(says)])
  })
}

describe('syntax', () => {
  f('ctx.a ==', 1, 9, /expected an expression, got the end/)
  f('ctx.a = = 1', 1, 9, /expected an expression, got \[=\]/)
  f('ctx.a = 1 ctx.b = 2', 1, 11, /expected \[;\], got \[ctx\]/)
  f('if (ctx.a) { ctx.b = 1', 1, 23, /expected \[}\], got the end/)
  f('ctx.a = (1 + 2', 1, 15, /expected \[\)\]/)
  f('ctx.a[1', 1, 8, /expected \[\]\]/)
  f("ctx.a = 'x", 1, 9, /not closed with '/)
  f("ctx.a = 'x\\d'", 1, 11, /no escape/)
  f('ctx.a = /x', 1, 9, /regular expression is not closed/)
  f('/* x', 1, 1, /comment is not closed/)
  f('ctx.a = 1 # 2', 1, 11, /unexpected character \[#\]/)
  f('ctx.a = `x`', 1, 9, /unexpected character/)
  f('ctx.a = 12abc', 1, 11, /a number cannot go on with/)
  f('ctx.a = 089', 1, 9, /no octal number/)
  f('ctx.a = 99999999999', 1, 9, /larger than the type int.*L/)
  f('ctx.a = 99999999999999999999L', 1, 9, /larger than the type long/)
  f('ctx.\n  a = \n1 +', 3, 4, /expected an expression/)
  f('for (int i = 0; i < 3) {}', 1, 22, /expected \[;\]/)
  f('try { ctx.a = 1 }', 1, 18, /expected \[catch\]/)
  f('else { }', 1, 1, /the word \[else\]/)
  f('1 = 2', 1, 1, /only a variable, a field or an item/)
  f('ctx.a?.b = 2', 1, 8, /\?\. cannot be assigned/)
  f('ctx = 2', 1, 1, /cannot be assigned/)
  f("['a': 1, 2]", 1, 11, /expected \[:\]/)
  f('break;', 1, 1, /outside of a loop/)
  f('return 1; ctx.a = 2', 1, 11, /never reached/)
  f('ctx.a == 1; ctx.b = 2', 1, 1, /not a statement/)
  f('function f() { }', 1, 1, /type \[function\] is not known/)
  f('ctx.a = 1; int f() { return 1 }', 1, 16, /top of a script/)
})

describe('names and types', () => {
  f('x = 1', 1, 1, /variable \[x\] is not known/)
  f('ctx.a = doc.b', 1, 9, /variable \[doc\] is not known/)
  f('int x = 1; int x = 2', 1, 16, /already defined/)
  f('int ctx = 1', 1, 5, /already defined/)
  f('def x = 1; [1].forEach(y -> { x = y })', 1, 31, /inside a lambda/)
  f('Foo x = 1', 1, 1, /type \[Foo\] is not known/)
  f('ctx.a = new Foo()', 1, 13, /class \[Foo\] is not known/)
  f('ctx.a = new Thread()', 1, 13, /class \[Thread\] is not known/)
  f('ctx.a = Runtime.getRuntime()', 1, 9, /class \[Runtime\] is not known/)
  f("ctx.a = Class.forName('x')", 1, 9, /class \[Class\] is not known/)
  f('ctx.a = Math.foo(1)', 1, 14, /no static method \[foo\]/)
  f('ctx.a = Math.max(1)', 1, 14, /does not take 1 argument/)
  f('ctx.a = Integer.FOO', 1, 17, /no static field \[FOO\]/)
  f('ctx.a = String', 1, 9, /is a type/)
  f('ctx.a.frobnicate()', 1, 7, /has a method \[frobnicate\]/)
  f('ctx.a.getClass()', 1, 7, /has a method \[getClass\]/)
  f('ctx.a.constructor()', 1, 7, /has a method \[constructor\]/)
  f('ctx.a.contains()', 1, 7, /does not take 0 arguments/)
  f("'x'.put(1, 2)", 1, 5, /type \[String\] has no method \[put\]/)
  f('foo(1)', 1, 1, /function \[foo\] is not known/)
  f('int f(int a) { a } f(1, 2)', 1, 20, /takes 1 argument, got 2/)
  f('int f() { 1 } int f() { 2 } f()', 1, 19, /already declared/)
  f("int x = 'a'", 1, 9, /Cannot cast from \[String\] to \[int\]/)
  f('int x = 1L', 1, 9, /Cannot cast from \[long\] to \[int\]/)
  f('boolean x = 1', 1, 13, /Cannot cast from \[int\] to \[boolean\]/)
  f("if ('a') { ctx.b = 1 }", 1, 5, /Cannot cast from \[String\] to \[boolean\]/)
  f("ctx.a = 'a' - 1", 1, 13, /Cannot apply \[-\]/)
  f("ctx.a = !'a'", 1, 10, /Cannot cast from \[String\]/)
  f('try { ctx.a = 1 } catch (String e) { }', 1, 26, /is no exception/)
  f('ctx.a = [1].stream().map(Foo::bar)', 1, 26, /has a method \[bar\]/)
})

describe('patterns that RE2 does not have', () => {
  f('ctx.a =~ /(?=x)/', 1, 10, /lookaround/)
  f('ctx.a =~ /(?<!x)y/', 1, 10, /lookaround/)
  f('ctx.a =~ /(a)\\1/', 1, 10, /back-reference/)
  f('ctx.a =~ /(/', 1, 10, /pattern cannot be used/)
  f('ctx.a =~ /x/q', 1, 10, /flag \[q\]/)
  f("ctx.a.replaceAll('(?!x)', '')", 1, 18, /lookaround/)
})

describe('sizes of the text', () => {
  const deep: [string, string][] = [
    ['parentheses', '('.repeat(60_000)],
    ['lists', '['.repeat(60_000)],
    ['blocks', '{'.repeat(60_000)],
    ['nots', '!'.repeat(60_000)],
    ['minuses', '- '.repeat(30_000)],
    ['casts', '(int)'.repeat(12_000)],
    ['choices', 'true ? 1 : '.repeat(5000)],
    ['elvises', 'ctx ?: '.repeat(8000)],
    ['sums', `1${'+1'.repeat(30_000)}`],
    ['fields', `ctx${'.a'.repeat(30_000)}`],
    ['lambdas', 'x -> '.repeat(12_000)],
    ['assignments', 'ctx.a = '.repeat(8000)],
    ['ifs', 'if (true) '.repeat(6000)],
    ['loops', 'while (true) '.repeat(5000)],
    ['generics', `${'List<'.repeat(12_000)}`],
    ['too long', ' '.repeat(65_537)],
    ['patterns', 'if (ctx.a =~ /\\p{L}{1000}/) { return 1 }'.repeat(1000)],
  ]
  for (const [name, source] of deep) {
    test(name, () => {
      const started = performance.now()
      expect(refusal(source)).toEqual([expect.any(Number), expect.any(Number), expect.any(String)])
      expect(performance.now() - started).toBeLessThan(5000)
    })
  }

  test('what is long and not deep is taken', () => {
    const many = Array.from({ length: 3000 }, (_, at) => `ctx.a == ${at}`).join(' || ')
    expect(compileCondition(many)({ ctx: new Map([['a', 2999]]) })).toBe(true)
    const arms = Array.from({ length: 1500 }, (_, at) => `if (ctx.a == ${at}) { return ${at} }`)
    expect(compileScript(arms.join(' else '))({ ctx: new Map([['a', 1499]]) })).toBe(1499)
  })
})

describe('runs that a limit ends', () => {
  const ends = (name: string, source: string, says: RegExp) =>
    test(name, () => {
      const started = performance.now()
      const ctx = new Map([['long', 'x'.repeat(400_000)]])
      let seen: unknown
      try {
        seen = compileScript(source)({ ctx })
      } catch (error) {
        seen = error
      }
      expect(seen).toBeInstanceOf(PainlessFailure)
      expect((seen as PainlessFailure).message).toMatch(says)
      expect(performance.now() - started).toBeLessThan(10_000)
    })
  ends('a loop', 'while (true) { }', /exceeded 100000 steps/)
  ends(
    'a loop that catches',
    'while (true) { try { while (true) {} } catch (Exception e) {} }',
    /steps/,
  )
  ends('recursion', 'int f(int x) { f(x + 1) } f(1)', /exceeded 150 calls/)
  ends('a string', "def s = 'x'; while (true) { s += s }", /exceeded a string of/)
  ends('a builder', "def s = new StringBuilder('x'); while (true) { s.append(s) }", /a string of/)
  ends('a replacement', "ctx.long.replace('x', ctx.long)", /exceeded/)
  ends('a repeat', "'abc'.repeat(2000000000)", /a string of/)
  ends('a list', 'def l = [1]; while (true) { l.addAll(l) }', /exceeded 100000 items/)
  ends(
    'patterns made by the thousand',
    "int n = 0; while (true) { n++; 'x'.matches('[a-z]{900}' + n) }",
    /items of work/,
  )
  ends('an array', 'new int[2000000000]', /exceeded 100000 items/)
  ends('a range', 'IntStream.range(0, 2000000000).sum()', /exceeded 100000 items/)
  ends('reading', "def n = 0; while (true) { if (ctx.long.contains('y')) n++ }", /items of work/)
  ends('matching', 'while (true) { if (ctx.long =~ /x*y/) { return 1 } }', /work|matching/)
  ends('quadratic matching', "ctx.long.replaceAll(/x(.*y)?/, 'z')", /ms of matching/)
  ends(
    'a document that says one list over and over',
    'def a = [1]; for (int i = 0; i < 30; i++) { a = [a, a] } ctx.a = a',
    /more than 500000 values/,
  )
  ends(
    'a text of one list over and over',
    "def a = [1]; for (int i = 0; i < 60; i++) { a = [a, a] } '' + a",
    /exceeded/,
  )
  ends(
    'lists that are equal and large',
    'def a = [1]; def b = [1]; for (int i = 0; i < 60; i++) { a = [a, a]; b = [b, b] } a == b',
    /exceeded/,
  )
  ends('the hash of a cycle', 'def a = []; a.add(a); a.hashCode()', /exceeded/)
  ends(
    'one long string over and over',
    'def l = []; for (int i = 0; i < 1000; i++) { l.add(ctx.long) } ctx.l = l',
    /more than 16777216 characters|work/,
  )
})
