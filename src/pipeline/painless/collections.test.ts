/** Facts of collections, streams and static methods. */
import { expect, test } from 'vitest'
import { toPlain } from '../document.ts'
import { compileScript } from './compile.ts'

const f = (source: string, expected: unknown) => {
  const result = compileScript(source)({ ctx: new Map() })
  const seen = result === undefined ? undefined : toPlain(result)
  expect([source, seen]).toEqual([source, expected])
}

test('lists and sets', () => {
  f("def l = new ArrayList(); l.add('a'); l.add(0, 'b'); l.addAll(['c']); l", ['b', 'a', 'c'])
  f('def l = [1, 2, 3, 4]; l.removeIf(x -> x % 2 == 0); l', [1, 3])
  f('def l = [1, 2, 3]; l.remove(0); l', [2, 3])
  f('def l = [3, 1, 2]; l.sort((a, b) -> b - a); l', [3, 2, 1])
  f('def l = [3, 1, 2]; l.sort(null); l', [1, 2, 3])
  f("def l = ['bb', 'a']; l.sort(Comparator.comparing(x -> x.length())); l", ['a', 'bb'])
  f("['a', 'b'].contains('b')", true)
  f('[1, 2].contains(1.0)', true)
  f("['a', 'b'].indexOf('b')", 1)
  f('def l = [1]; l.set(0, 5); l', [5])
  f('[1, 2, 3].subList(1, 3)', [2, 3])
  f("['a', 'b'].join('-')", 'a-b')
  f('def s = new HashSet(); s.add(1); s.add(1); s.add(1.0); s.size()', 1)
  f('def l = [1, 2]; l.replaceAll(x -> x + 1); l', [2, 3])
  f(
    'def l = [1, 2, 3, 4]; def it = l.iterator(); ' +
      'while (it.hasNext()) { if (it.next() % 2 == 0) it.remove() } l',
    [1, 3],
  )
  f('def k = 2; [1, 2, 3].stream().map(x -> x * k).toList()', [2, 4, 6])
  f('[1.0, 2.0].get(0) / 4', 0.25)
  f('List.of(1, 2)', [1, 2])
  f('def l = [1, 2, 3]; Collections.reverse(l); l', [3, 2, 1])
})

test('maps', () => {
  f("def m = new HashMap(); m.put('a', 1); m.b = 2; m['c'] = 3; m", { a: 1, b: 2, c: 3 })
  f("['a': 1].getOrDefault('b', 5)", 5)
  f('def m = [:]; m.computeIfAbsent("k", k -> new ArrayList()).add(1); m', { k: [1] })
  f('def m = [:]; m.computeIfAbsent("k", k -> new HashSet()).add("v"); m', { k: ['v'] })
  f("def m = ['a': 1]; m.putIfAbsent('a', 2); m.putIfAbsent('b', 3); m", { a: 1, b: 3 })
  f("def m = ['a': 1]; m.putAll(['c': 4]); m.remove('a'); m", { c: 4 })
  f("def s = ''; for (e in ['a': 1, 'b': 2].entrySet()) { s += e.getKey() + e.value } s", 'a1b2')
  f("def s = []; ['a': 1].forEach((k, v) -> s.add(k + v)); s", ['a1'])
  f("def m = ['a': 1, 'b': null]; m.values().removeIf(Objects::isNull); m", { a: 1 })
  f("def m = ['a': 1, 'b': 2]; m.entrySet().removeIf(e -> e.getValue() > 1); m", { a: 1 })
  f("def m = ['a': 1, 'b': 2]; m.keySet().removeIf(k -> k == 'a'); m", { b: 2 })
  f("def m = ['a': 1]; new ArrayList(m.keySet())", ['a'])
  f("def m = ['a': 1]; m.containsKey('a') && m.containsValue(1) && m.size() == 1", true)
  f("def m = ['a': 1]; m.merge('a', 2, (x, y) -> x + y); m", { a: 3 })
  f("['a': ['b': [5]]].getByPath('a.b.0')", 5)
  f("['a': 1].getByPath('x.y', 'none')", 'none')
  f('def n = 0; for (Map.Entry e : ["a": 1].entrySet()) { n += e.getValue() } n', 1)
})

test('streams', () => {
  f('[1, 2].stream().map(x -> x * 2).filter(x -> x > 2).collect(Collectors.toList())', [4])
  f("['a', 'b'].stream().map(String::toUpperCase).collect(Collectors.joining(', '))", 'A, B')
  f('[1, 2].stream().anyMatch(x -> x == 2)', true)
  f('[1, 2].stream().allMatch(x -> x == 2)', false)
  f('[1, 2].stream().noneMatch(x -> x == 3)', true)
  f('[1, 2, 3].stream().filter(x -> x > 1).count()', 2)
  f('[1, 2, 3].stream().filter(x -> x > 1).findFirst().get()', 2)
  f('[].stream().findFirst().orElse(9)', 9)
  f('[1, 2, 3].stream().mapToInt(x -> x).sum()', 6)
  f("['1', '2'].stream().map(Integer::parseInt).collect(Collectors.toList())", [1, 2])
  f("['b', 'a', 'a'].stream().sorted().distinct().limit(2).toList()", ['a', 'b'])
  f("['a', null].stream().filter(Objects::nonNull).count()", 1)
  f('[1, 5, 3].stream().max(Comparator.naturalOrder()).get()', 5)
  f('[1, 2, 3].stream().reduce(0, (a, b) -> a + b)', 6)
  f("['a', 'bb', 'cc'].stream().collect(Collectors.groupingBy(x -> x.length()))", {
    1: ['a'],
    2: ['bb', 'cc'],
  })
  f('boolean odd(def x) { x % 2 == 1 } [1, 2, 3].stream().filter(this::odd).toList()', [1, 3])
})

test('static methods', () => {
  f("Integer.parseInt('42')", 42)
  f("Integer.parseInt('ff', 16)", 255)
  f("Long.parseLong('9007199254740993') == 9007199254740993L", true)
  f("Double.parseDouble('2.50') + 1", 3.5)
  f("Double.parseDouble('4') / 8", 0.5)
  f("Boolean.parseBoolean('TRUE')", true)
  f('Math.max(1, 2) + Math.min(3, 4)', 5)
  f('Math.round(2.5)', 3)
  f('Math.round(-2.5)', -2)
  f("'' + Math.floor(2.7)", '2.0')
  f("'' + Math.pow(2, 10)", '1024.0')
  f('Math.abs(-3)', 3)
  f('Math.floorMod(-7, 3)', 2)
  f('Math.floorDiv(-7, 3)', -3)
  f("Objects.equals(null, 'a')", false)
  f('Integer.MAX_VALUE', 2147483647)
  f('Integer.toString(255, 16) + Integer.toHexString(-1)', 'ffffffffff')
  f("Character.isDigit((char) '5')", true)
  f('[1.9, 2].stream().map(x -> x.intValue()).toList()', [1, 2])
  f(
    "ZonedDateTime.parse('2026-01-02T03:04:05.678+02:00').toInstant().toEpochMilli()",
    1767315845678,
  )
  f("'' + Instant.ofEpochMilli(1767315845678L)", '2026-01-02T01:04:05.678Z')
  f("'' + ZonedDateTime.parse('2026-01-02T03:04:00+02:00')", '2026-01-02T03:04+02:00')
  const [a, b] = ["Instant.parse('2026-01-01T00:00:00Z')", "Instant.parse('2026-01-01T00:01:00Z')"]
  f(`ChronoUnit.SECONDS.between(${a}, ${b})`, 60)
  f(`Duration.between(${a}, ${b}).toMillis()`, 60000)
  f(`${a}.isBefore(${b})`, true)
})
