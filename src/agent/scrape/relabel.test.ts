// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the rules' own templates.
/** Relabeling rules and what becomes of a set of labels; the figures are Prometheus' own. */
import { expect, test } from 'vitest'
import { compileRelabel, type RelabelConfig } from './relabel.ts'

const labels = { a: 'foo', b: 'bar', c: 'baz' }

test('rules', () => {
  const f = (configs: RelabelConfig[], expected: Record<string, string> | undefined) => {
    const changed = compileRelabel(configs)(new Map(Object.entries(labels)))
    expect(changed === undefined ? undefined : Object.fromEntries(changed)).toEqual(expected)
  }
  const both = { sourceLabels: ['a', 'b'] }

  f([{ sourceLabels: ['a'], regex: 'f(.*)', targetLabel: 'd', replacement: 'ch${1}-ch${1}' }], {
    ...labels,
    d: 'choo-choo',
  })
  f([{ ...both, regex: 'foo;(.*)', targetLabel: 'a' }], { ...labels, a: 'bar' })
  f([{ ...both, regex: 'o', targetLabel: 'a' }], labels)
  f([{ sourceLabels: ['a'], regex: '(?P<x>f)oo', targetLabel: '${x}', replacement: '$$x' }], {
    ...labels,
    f: '$x',
  })
  f([{ sourceLabels: ['a'], regex: 'foo', targetLabel: 'a', replacement: '' }], {
    b: 'bar',
    c: 'baz',
  })
  f([{ sourceLabels: ['a'], regex: 'f(o)o', targetLabel: '0${1}' }], labels)
  f([{ targetLabel: 'e', replacement: 'x' }], { ...labels, e: 'x' })
  f([{ sourceLabels: ['a'], regex: 'f.*', action: 'keep' }], labels)
  f([{ sourceLabels: ['a'], regex: 'f', action: 'keep' }], undefined)
  f([{ sourceLabels: ['a'], regex: '.*o.*', action: 'drop' }], undefined)
  f([{ sourceLabels: ['none'], regex: '', action: 'drop' }], undefined)
  f([{ regex: '(b|c)', action: 'labeldrop' }], { a: 'foo' })
  f([{ regex: '(b|c)', action: 'LabelKeep' }], { b: 'bar', c: 'baz' })
  f([{ regex: '(b.*)', replacement: 'bar_${1}', action: 'labelmap' }], { ...labels, bar_b: 'bar' })
  f([{ sourceLabels: ['a'], targetLabel: 'a', action: 'uppercase' }], { ...labels, a: 'FOO' })
  f([{ sourceLabels: ['a'], targetLabel: 'b', action: 'keepequal' }], undefined)
  f([{ sourceLabels: ['a'], targetLabel: 'b', action: 'dropequal' }], labels)
  f([{ sourceLabels: ['c'], targetLabel: 'd', modulus: 1000, action: 'hashmod' }], {
    ...labels,
    d: '976',
  })
})

test('rules that cannot be followed', () => {
  const f = (config: RelabelConfig, expected: RegExp) =>
    expect(() => compileRelabel([config])).toThrow(expected)
  f({ action: 'explode' }, /no action explode/)
  f({ action: 'replace' }, /needs a target label/)
  f({ action: 'hashmod', targetLabel: 'a' }, /needs a modulus/)
  f({ regex: '(', targetLabel: 'a' }, /is no regular expression/)
})
