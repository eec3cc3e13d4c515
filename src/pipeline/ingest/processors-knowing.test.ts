/** Facts of the processors that need to know of more than the document. */
import { expect, it } from 'vitest'
import { ranOn } from '../../../test/ingest/pipeline-fixture.ts'

it('sends documents elsewhere', () => {
  const index = (name: string, options: unknown, source: unknown) =>
    ranOn([{ [name]: options }, { set: { field: 'after', value: 1 } }], source)
  const monthly = {
    field: 'd',
    index_name_prefix: 'x-',
    date_rounding: 'M',
    index_name_format: 'yyyy-MM-dd',
  }
  expect(index('date_index_name', monthly, { d: '2026-04-25T12:02:01.789Z' }).metadata._index).toBe(
    'x-2026-04-01',
  )
  const there = index('reroute', { destination: 'other' }, {})
  expect([there.metadata._index, there.source]).toEqual(['other', {}])
  const named = index(
    'reroute',
    { dataset: ['{{service.name}}', 'generic'] },
    { service: { name: 'My-App' }, event: { dataset: 'x' } },
  )
  expect(named.metadata._index).toBe('logs-my_app-default')
  expect(named.source).toMatchObject({
    data_stream: { type: 'logs', dataset: 'my_app', namespace: 'default' },
    event: { dataset: 'my_app' },
  })
  expect(index('reroute', { dataset: '{{none}}', namespace: 'prod' }, {}).metadata._index).toBe(
    'logs-app-prod',
  )
  expect(index('set', { field: '_index', value: 'failed-{{{_index}}}' }, {}).metadata._index).toBe(
    'failed-logs-app-default',
  )
})

it('tells of the sender and of places', () => {
  const user = () => ({ username: 'ada', roles: ['admin'] })
  expect(
    ranOn([{ set_security_user: { field: 'u', properties: ['username', 'roles'] } }], {}, { user })
      .source,
  ).toEqual({ u: { username: 'ada', roles: ['admin'] } })
  const place = {
    country: { iso_code: 'KR', names: { en: 'South Korea' } },
    city: { names: { en: 'Seoul' } },
    location: { latitude: 37.5, longitude: 127 },
  }
  const geo = (file: string) =>
    file === 'GeoLite2-City.mmdb'
      ? (ip: string) => (ip === '1.2.3.4' ? place : undefined)
      : undefined
  expect(
    ranOn([{ geoip: { field: 'ip' } }], { ip: ['9.9.9.9', '1.2.3.4'] }, { geo }).source.geoip,
  ).toEqual({
    ...{
      country_iso_code: 'KR',
      country_name: 'South Korea',
      city_name: 'Seoul',
      location: { lat: 37.5, lon: 127 },
    },
  })
  expect(ranOn([{ geoip: { field: 'ip' } }], { ip: '9.9.9.9' }, { geo }).source).toEqual({
    ip: '9.9.9.9',
  })
  expect(
    ranOn([{ ip_location: { field: 'ip', database_file: 'x.mmdb' } }], { ip: '9.9.9.9' }, { geo })
      .source.tags,
  ).toEqual(['_ip_location_database_unavailable_x.mmdb'])
  expect(ranOn([{ geoip: { field: 'ip' } }], { ip: 'x' }, { geo }).failed?.reason).toBe(
    "'x' is not an IP string literal.",
  )
})

it('reads user agents', () => {
  const text = [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15',
    '(KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
  ].join(' ')
  const { source } = ranOn([{ user_agent: { field: 'a', extract_device_type: true } }], { a: text })
  expect(source.user_agent).toEqual({
    ...{
      name: 'Mobile Safari',
      version: '17.1',
      original: text,
      device: { name: 'iPhone', type: 'Phone' },
    },
    os: { name: 'iOS', version: '17.1', full: 'iOS 17.1' },
  })
})

const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0'
it.each([
  ['curl/8.4.0', 'curl', '8.4.0', undefined, 'Other'],
  ['kube-probe/1.29', 'kube-probe', '1.29', undefined, 'Other'],
  ['python-requests/2.31.0', 'Python Requests', '2.31', undefined, 'Other'],
  ['Go-http-client/1.1', 'Go-http-client', '1.1', undefined, 'Other'],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://g)', 'Googlebot', '2.1', undefined, 'Spider'],
  ['nothing that is known', 'Other', undefined, undefined, 'Other'],
  [
    `Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36`,
    'Chrome',
    '119.0.0.0',
    'Windows',
    'Other',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0) ${chrome} Safari/537.36 Edg/119.0.1.0`,
    'Edge',
    '119.0.1.0',
    'Windows',
    'Other',
  ],
  [
    `Mozilla/5.0 (Linux; Android 13) ${chrome} Mobile Safari/537.36`,
    'Chrome Mobile',
    '119.0.0.0',
    'Android',
    'Other',
  ],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0',
    'Firefox',
    '121.0',
    'Ubuntu',
    'Other',
  ],
])('%s', (a, name, version, os, device) => {
  const { source } = ranOn([{ user_agent: { field: 'a' } }], { a })
  const agent = source.user_agent
  expect([agent.name, agent.version, agent.os?.name, agent.device.name]).toEqual([
    ...[name, version, os, device],
  ])
})
