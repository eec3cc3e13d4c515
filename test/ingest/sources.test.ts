/** The page "Get data in" and the receivers agree: every way in is on the page, under its name. */

import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { httpServed } from '../../src/ingest/listen.ts'
import { listenerNames } from '../../src/ingest/receiver.ts'
import { receivers } from '../../src/ingest/receivers.ts'
import { sources } from '../../src/pages/get-data-in/sources.ts'

const names = receivers.map(({ name }) => name)
/** What only our own agents speak. */
const ours = ['kubernetes']
const plain = {
  ...{ url: 'http://h:1', host: 'h', port: '1', is_tls: false, token: '' },
  ...{ is_closed: false, is_loopback: false },
}

test('sources name receivers, and every receiver has a source', () => {
  const named = sources.flatMap((source) => source.receivers)
  expect(named.filter((name) => !names.includes(name))).toEqual([])
  const missing = names.filter((name) => !named.includes(name) && !ours.includes(name))
  expect(missing).toEqual([])
})

describe.each(sources)('$name', (source) => {
  test('has a listener that is configured under this name', () => {
    expect(listenerNames).toContain(source.listener)
  })

  test('shows the token and the authority where they are needed, and not where not', () => {
    const open = source.configs.map(({ text }) => text(plain)).join('\n')
    expect(open).not.toMatch(/token|ca\.pem|undefined/i)
    const closed = { ...plain, token: 'cn_ingest_x', is_tls: true, url: 'https://h:1' }
    const shown = source.configs.map(({ text }) => text(closed)).join('\n')
    const hasNone = ['syslog', 'fluent_forward'].includes(source.listener)
    // Zipkin's reporters and Falco itself have no place for one.
    if (!hasNone && source.id !== 'zipkin') expect(shown).toContain('cn_ingest_x')
    expect(shown).toContain(hasNone ? ' h' : 'h:1')
  })

  test('YAML is YAML', () => {
    for (const { title, text } of source.configs) {
      if (/\.ya?ml\b/.test(title)) expect(() => parse(text(plain)), title).not.toThrow()
    }
  })

  test('is served on the port of the screens where it says so', () => {
    if (source.under === undefined) return
    const { services } = httpServed('ui', receivers)
    const served = services.filter(({ source: name }) => source.receivers.includes(name))
    expect(served.map(({ under }) => under)).toContain(source.under)
  })
})
