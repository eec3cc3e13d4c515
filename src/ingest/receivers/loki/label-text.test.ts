/** Labels as Promtail writes them, and as JSON. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadLabels, parseLabelJson, parseLabelText } from './label-text.ts'

describe('the text of labels', () => {
  test.each<[string, Record<string, string>]>([
    ['{app="cart"}', { app: 'cart' }],
    ['{ app = "cart" , ns="shop",}', { app: 'cart', ns: 'shop' }],
    ['{a="say \\"hi\\"\\n\\t\\\\"}', { a: 'say "hi"\n\t\\' }],
    ['{a="caf\\u00e9 \\U0001f600 \\x41 \\101"}', { a: 'café 😀 A A' }],
    ['{a=`raw \\n`, b="한국어"}', { a: 'raw \\n', b: '한국어' }],
    ['{__name__="x", _9="}"}', { __name__: 'x', _9: '}' }],
    ['{a=""}', { a: '' }],
    ['{__proto__="x"}', JSON.parse('{"__proto__":"x"}')],
  ])('%s', (text, expected) => {
    expect(Object.fromEntries(parseLabelText(text))).toEqual(expected)
  })

  test.each<[string, RegExp]>([
    ['', /1:1: parse error: expected "\{", got the end/],
    ['{}', /at least one label pair is required/],
    ['app="cart"', /expected "\{", got "a"/],
    ['{app="cart"', /expected ",", got the end/],
    ['{app="cart', /1:6: parse error: expected a quoted value/],
    ['{app=cart}', /expected a quoted value, got "c"/],
    ['{app}', /expected "="/],
    ['{1app="x"}', /expected a label name, got "1"/],
    ['{a-b="x"}', /expected "=", got "-"/],
    ['{a="x" b="y"}', /expected ",", got "b"/],
    ['{a="x"} more', /expected the end, got "m"/],
    ['{a="x", a="y"}', /duplicate label name 'a'/],
  ])('%s is refused', (text, why) => {
    expect(() => parseLabelText(text)).toThrow(BadLabels)
    expect(() => parseLabelText(text)).toThrow(why)
  })

  test('is what was quoted, for any values', () => {
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
    const labels = fc.dictionary(name, fc.string({ unit: 'grapheme' }), {
      minKeys: 1,
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(labels, (all) => {
        const pairs = Object.entries(all).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        expect(Object.fromEntries(parseLabelText(`{${pairs.join(', ')}}`))).toEqual(all)
        expect(Object.fromEntries(parseLabelJson(JSON.stringify(all)))).toEqual(all)
      }),
    )
  })
})

test.each<[string, RegExp]>([
  ['{"a.b":"x"}', /"a\.b" is no label name/],
  ['{"a":7}', /the value of label a is no string/],
  ['{}', /at least one label pair/],
])('%s is refused', (text, why) => {
  expect(() => parseLabelJson(text)).toThrow(why)
})
