/**
 * Facts of whole scripts: what a document is after each, and the shapes pipelines are written
 * in.
 */
import { describe, expect, test } from 'vitest'
import { type DocumentMap, toDocument, toPlain } from '../document.ts'
import { compileCondition, compileScript, PainlessFailure } from './compile.ts'

function documentAfter(source: string, document: object, params: object = {}): unknown {
  const ctx = toDocument(document) as DocumentMap
  const run = compileScript(source, { now: () => 1000 })
  try {
    run({ ctx, params: toDocument(params) as DocumentMap })
  } catch (error) {
    if (!(error instanceof PainlessFailure)) throw error
    return `!${error.type}: ${error.message}`
  }
  return toPlain(ctx)
}

function value(source: string, document: object = {}): unknown {
  const result = compileScript(source)({ ctx: toDocument(document) as DocumentMap })
  return result === undefined ? undefined : toPlain(result)
}

test('statements', () => {
  const f = (source: string, expected: unknown) => {
    expect([source, value(source)]).toEqual([source, expected])
  }
  f('int s = 0; for (int i = 0; i < 5; i++) { s += i } return s', 10)
  f('int s = 0; for (x in [1, 2, 3]) { s += x } s', 6)
  f('int s = 0; for (def x : [1, 2, 3]) s += x; s', 6)
  f('int s = 0; for (int i = 0, j = 10; i < j; i++) { j--; s++ } return s', 5)
  f('int s = 0; while (true) { s++; if (s > 4) break; } s', 5)
  f('int s = 0; do { s++ } while (s < 3); s', 3)
  f('int s = 0; do { s++ } while (s < 3) return s', 3)
  f('int s = 0; for (int i = 0; i < 9; ++i) { if (i % 2 == 0) continue; s += i } return s', 16)
  f('int s = 0; for (;;) { if (++s == 4) return s }', 4)
  f("if (1 > 2) { return 'a' } else if (2 > 1) { return 'b' } else return 'c'", 'b')
  f('if (1 > 2) return 1', undefined)
  f(
    "try { Integer.parseInt('x') } catch (NumberFormatException e) { return e.getMessage() }",
    'For input string: "x"',
  )
  f("try { Integer.parseInt('x') } catch (IllegalArgumentException e) { return 1 }", 1)
  f(
    'try { def n = null; n.x = 1 } catch (ClassCastException e) { return 1 } ' +
      'catch (NullPointerException e) { return 2 }',
    2,
  )
  f(
    "try { throw new IllegalStateException('no') } catch (Exception e) { return '' + e }",
    'IllegalStateException: no',
  )
  f('int f(int a, int b) { return a * b } int g(int x) { f(x, x) + 1 } g(3)', 10)
  f('int fib(int n) { n < 2 ? n : fib(n - 1) + fib(n - 2) } fib(12)', 144)
  f('def x, y = 2; x = y = 3; x + y', 6)
  f('int[] a = new int[3]; a[1] = 5; a[0] + a[1] + a.length', 8)
  f("String[] a = new String[] {'x', 'y'}; a[1]", 'y')
  f('{ def x = 1; } def x = 2; x', 2)
  f("String s = 'a'; s += 1; s += (char) 'b'; s", 'a1b')
  f('def e = new ArrayList(); e.isEmpty()', true)
  f('int n = 0; def m = /o/.matcher("foo"); while (m.find()) { n++ } return n', 2)
})

test('what documents become', () => {
  const f = (source: string, before: object, expected: unknown, params: object = {}) =>
    expect([source, documentAfter(source, before, params)]).toEqual([source, expected])
  f("ctx.x = 1; ctx['y.z'] = 'a'", {}, { x: 1, 'y.z': 'a' })
  f('ctx.a.b = 1', {}, '!null_pointer_exception: cannot access field [b] from a null reference')
  f('if (ctx.a == null) { ctx.a = new HashMap() } ctx.a.b = 1;', {}, { a: { b: 1 } })
  f("ctx.remove('a')", { a: 1, b: 2 }, { b: 2 })
  f("ctx.a.remove('b'); ctx.a.c = ctx.n * 2.0", { a: { b: 1 }, n: 2 }, { a: { c: 4 }, n: 2 })
  f("ctx.tags.add('x')", { tags: ['a'] }, { tags: ['a', 'x'] })
  f('ctx.n += 1; ctx.n++; ctx.l[0] *= 5; ctx.l[-1]--', { n: 1, l: [2, 3] }, { n: 3, l: [10, 2] })
  f("ctx.s += 'b'", { s: 'a' }, { s: 'ab' })
  f('ctx.s = new HashSet(ctx.l)', { l: [1, 1, 2] }, { l: [1, 1, 2], s: [1, 2] })
  f("ctx.m = [1: 'a']", {}, { m: { 1: 'a' } })
  const cycle = '!illegal_argument_exception: Iterable object is self-referencing itself'
  f('ctx.self = ctx', { a: 1 }, cycle)
  const unknown =
    '!illegal_argument_exception: cannot write xcontent for unknown value of type class'
  f('ctx.f = x -> x', {}, `${unknown} java.util.function.Function`)
  const polluted = JSON.parse('{"__proto__": {"x": true}, "constructor": 1}')
  f("ctx.__proto__ = ['x': true]; ctx.constructor = 1", {}, polluted)
  f('ctx.l = params.l; ctx.l = [ctx.l, 1]', {}, { l: [[0, 1], 1] }, { l: [0, 1] })
  const bad = '!illegal_argument_exception: bad 1'
  f("throw new IllegalArgumentException('bad ' + ctx.a)", { a: 1 }, bad)
})

test('parameters put into a document are copies for the next run', () => {
  const run = compileScript('ctx.list = params.list')
  const params = toDocument({ list: [1] }) as DocumentMap
  const ctx = toDocument({}) as DocumentMap
  run({ ctx, params })
  ;(ctx.get('list') as unknown[]).push(2)
  expect(toPlain(params)).toEqual({ list: [1] })
})

test('a document after a failure is without cycles', () => {
  const ctx = toDocument({ a: {} }) as DocumentMap
  const run = compileScript("ctx.a.b = ctx; ctx.c = 1; throw new Exception('x')")
  expect(() => run({ ctx })).toThrow('x')
  expect(toPlain(ctx)).toEqual({ a: { b: null }, c: 1 })
})

describe('as pipelines are written', () => {
  test('the scripts of the redis log module', () => {
    const source = `if (ctx.redis.log.role == params.X) { ctx.redis.log.role = 'sentinel' }
      else if (ctx.redis.log.role == params.C) { ctx.redis.log.role = 'child' }
      if (ctx.log.level == params.dot) { ctx.log.level = 'debug' }
      else if (ctx.log.level == params.star) { ctx.log.level = 'notice' }`
    const before = { redis: { log: { role: 'C' } }, log: { level: '*' } }
    const params = { X: 'X', C: 'C', dot: '.', star: '*' }
    const expected = { redis: { log: { role: 'child' } }, log: { level: 'notice' } }
    expect(documentAfter(source, before, params)).toEqual(expected)
  })

  test('empty fields are dropped, however deep', () => {
    const source = `boolean dropEmptyFields(Object object) {
        if (object == null || object == "") {
          return true;
        } else if (object instanceof Map) {
          ((Map) object).values().removeIf(value -> dropEmptyFields(value));
          return (((Map) object).size() == 0);
        } else if (object instanceof List) {
          ((List) object).removeIf(value -> dropEmptyFields(value));
          return (((List) object).length == 0);
        }
        return false;
      }
      dropEmptyFields(ctx);`
    const before = { a: { b: { c: null, d: '' } }, e: ['', 'x', [null]], f: 0, g: false }
    expect(documentAfter(source, before)).toEqual({ e: ['x'], f: 0, g: false })
  })

  test('durations, categories, addresses', () => {
    const duration = `if (ctx.event == null) ctx.event = [:];
      ctx.event.duration = Math.round(ctx.temp.duration * params.scale); ctx.remove('temp');`
    expect(documentAfter(duration, { temp: { duration: 0.25 } }, { scale: 1000000000 })).toEqual({
      event: { duration: 250000000 },
    })
    const category = `def k = ctx.action?.toLowerCase();
      if (params.get(k) == null) { return; }
      params.get(k).forEach((key, v) -> ctx.event[key] = new ArrayList(v));`
    const params = { login: { category: ['authentication'], type: ['start'] } }
    expect(documentAfter(category, { action: 'LOGIN', event: {} }, params)).toEqual({
      action: 'LOGIN',
      event: { category: ['authentication'], type: ['start'] },
    })
    const related = `def ips = new HashSet();
      for (def field : ['source', 'destination']) {
        def at = ctx[field];
        if (at instanceof Map && at.ip != null) { ips.add(at.ip); }
      }
      if (!ips.isEmpty()) { ctx.related = ['ip': ips]; }`
    expect(documentAfter(related, { source: { ip: '1.1.1.1' }, destination: 3 })).toEqual({
      source: { ip: '1.1.1.1' },
      destination: 3,
      related: { ip: ['1.1.1.1'] },
    })
  })

  test('conditions', () => {
    const document = {
      message: 'GET /health 200',
      kubernetes: { namespace: 'shop', labels: { 'app.kubernetes.io/name': 'cart' } },
      http: { response: { status_code: 503 } },
      tags: ['forwarded'],
      event: { kind: 'alert', duration: 12 },
    }
    const f = (source: string, expected: unknown) => {
      const ctx = toDocument(document) as DocumentMap
      let seen: unknown
      try {
        seen = compileCondition(source)({ ctx })
      } catch (error) {
        seen = (error as PainlessFailure).type
      }
      expect([source, seen]).toEqual([source, expected])
    }
    f("ctx.kubernetes?.namespace == 'shop' && ctx.message.contains('GET')", true)
    f("ctx?.kubernetes?.labels?.get('app.kubernetes.io/name') == 'cart'", true)
    f("ctx.kubernetes.labels['app.kubernetes.io/name'] != 'cart'", false)
    f('ctx.http?.response?.status_code != null && ctx.http.response.status_code >= 500', true)
    f("ctx.tags != null && ctx.tags.contains('forwarded')", true)
    f("!(ctx.tags?.contains('preserve_original_event') ?: false)", true)
    f("['alert', 'signal'].contains(ctx.event?.kind)", true)
    f("ctx.event?.original == null || ctx.event.original == ''", true)
    f('ctx.message =~ /^(GET|POST) \\/health/', true)
    f("ctx.event?.outcome?.equalsIgnoreCase('failure') == true", false)
    f('ctx.error?.message != null', false)
    f(
      "ctx.containsKey('message') && ctx.message instanceof String && ctx.message.length() < 20",
      true,
    )
    f("ctx.event.kind == 'alert' ? true : false", true)
    f('if (ctx.tags == null) { return false } return ctx.tags.size() > 0', true)
    f('if (ctx.tags == null) { return true }', false)
    f("for (t in ctx.tags) { if (t == 'forwarded') return true; } return false;", true)
    f("ctx.tags.stream().anyMatch(t -> t.startsWith('forw'))", true)
    f('ctx.message', 'class_cast_exception')
    f('ctx.event.duration', 'class_cast_exception')
    f('ctx.missing', 'null_pointer_exception')
    f('ctx.missing.field == 1', 'null_pointer_exception')
    f("ctx.missing?.contains('x')", 'null_pointer_exception')
    f("ctx.missing?.contains('x') && true", 'null_pointer_exception')
  })
})
