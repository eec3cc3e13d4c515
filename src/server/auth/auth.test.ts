/** Signing in, first run, tokens: who gets in, who does not, and what is never shown or kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addPerson,
  cookieOf,
  type Fixture,
  openHttp,
  password,
} from '../../../test/server/fixture-http.ts'
import { Fault } from '../../model/faults.ts'
import { hashPassword, isPassword, refuseWeak } from './passwords.ts'
import { createThrottle } from './throttle.ts'

describe('passwords', () => {
  test('a hash opens for its password alone and is never the same twice', async () => {
    const [one, two] = await Promise.all([
      hashPassword('one password'),
      hashPassword('one password'),
    ])
    expect(one).toMatch(/^scrypt\$17\$8\$1\$/)
    expect(one).not.toBe(two)
    expect(await isPassword('one password', one)).toBe(true)
    expect(await isPassword('One password', one)).toBe(false)
    expect(await isPassword('one password', undefined)).toBe(false)
  })

  test('accents typed in two ways are one password', async () => {
    expect(await isPassword('cafe\u0301 au lait', await hashPassword('caf\u00e9 au lait'))).toBe(
      true,
    )
  })

  test('weak ones are refused, with the reason', () => {
    const f = (text: string, reason: string | undefined) => {
      const says = catchFault(() => refuseWeak(text, 'ada'))?.message
      if (reason === undefined) expect(says, text).toBeUndefined()
      else expect(says, text).toContain(reason)
    }
    f('short', '5 characters')
    f('elevenchars', '11 characters')
    f('PassWord1234', 'common')
    f('aaaaaaaaaaaaaaa', 'few characters')
    f('abababababab', 'few characters')
    f('crowsnest-ada1', 'a name')
    f('x'.repeat(257), '256 characters')
    f('twelve chars', undefined)
    f(password, undefined)
    f('돛대위의까마귀둥지에서본다', undefined)
  })
})

describe('throttle', () => {
  const make = () => {
    const clock = { now_ms: 0 }
    const throttle = createThrottle(() => clock.now_ms)
    const attempt = (name: string, address: string) => {
      const fault = catchFault(() => throttle.check({ name, address }))
      if (fault === undefined) throttle.failed({ name, address })
      return fault
    }
    return { clock, throttle, attempt }
  }

  test('five failures of a name from an address, and the time to wait', () => {
    const { clock, attempt } = make()
    for (let i = 0; i < 5; i++) expect(attempt('ada', '::1')).toBeUndefined()
    expect(attempt('ADA', '::1')?.answer().details).toEqual({ retry_after_s: 900 })
    expect(attempt('ada', '::2')).toBeUndefined()
    clock.now_ms = 899_000
    expect(attempt('ada', '::1')?.answer().details).toEqual({ retry_after_s: 1 })
    clock.now_ms = 900_000
    expect(attempt('ada', '::1')).toBeUndefined()
  })

  test('thirty names from one address', () => {
    const { attempt } = make()
    for (let i = 0; i < 30; i++) expect(attempt(`name ${i}`, '::1')).toBeUndefined()
    expect(attempt('another', '::1')?.code).toBe('sign_in_throttled')
  })

  test('a success takes its own count back', () => {
    const { throttle, attempt } = make()
    for (let i = 0; i < 200; i++) {
      expect(attempt('ada', '::1')).toBeUndefined()
      throttle.succeeded({ name: 'ada', address: '::1' })
    }
  })
})

describe('first run', () => {
  let http: Fixture
  beforeAll(async () => {
    http = await openHttp()
  })
  afterAll(() => http.close())
  const setup = (changes: object) =>
    http.ask('POST', '/api/setup', {
      body: { token: http.setup_token, name: 'Ada', password, ...changes },
    })

  test('the link makes the administrator once and signs them in', async () => {
    expect((await http.ask('GET', '/api/session')).json()).toEqual({
      user: null,
      setup_needed: true,
      version: '1.2.3',
    })
    expect((await setup({ token: 'x' })).json().fault.code).toBe('setup_link_invalid')
    expect((await setup({ password: 'short' })).json().fault.code).toBe('password_weak')
    expect((await setup({ name: ' ada' })).json().fault.code).toBe('ask_invalid')
    expect((await setup({ name: 'a\u0007a' })).json().fault.code).toBe('ask_invalid')
    expect((await setup({ role: 'admin' })).json().fault.code).toBe('ask_invalid')
    const done = await setup({})
    expect(done.json().user).toEqual({ name: 'ada', role: 'admin' })
    const me = await http.ask('GET', '/api/session', { cookie: cookieOf(done) })
    expect(me.json()).toEqual({
      user: { name: 'ada', role: 'admin' },
      setup_needed: false,
      version: '1.2.3',
    })
    const again = await setup({ name: 'eve' })
    expect([again.statusCode, again.json().fault.code]).toEqual([410, 'setup_link_invalid'])
    expect((await http.ask('GET', '/api/session')).json().setup_needed).toBe(false)
  })

  test('a link is good for a day', async () => {
    const late = await openHttp()
    late.clock.now_ms += 24 * 3600 * 1000
    const body = { token: late.setup_token, name: 'ada', password }
    expect((await late.ask('POST', '/api/setup', { body })).statusCode).toBe(410)
    await late.close()
  })
})

describe('sessions', () => {
  let http: Fixture
  beforeAll(async () => {
    http = await openHttp()
    await addPerson(http.state, 'ada', 'admin')
  })
  afterAll(() => http.close())
  const who = async (cookie: string) =>
    (await http.ask('GET', '/api/session', { cookie })).json().user?.name

  test('the cookie is out of reach of scripts and other sites; the state has no copy', async () => {
    const response = await http.ask('POST', '/api/session', { body: { name: 'Ada', password } })
    expect(response.json().user).toEqual({ name: 'ada', role: 'admin' })
    const [cookie] = response.cookies.filter(({ value }) => value !== '')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    expect(cookie).not.toHaveProperty('domain')
    expect(cookie?.value).toHaveLength(43)
    const kept = await http.state.db.selectFrom('sessions').selectAll().execute()
    expect(JSON.stringify(kept)).not.toContain(cookie?.value)
    expect(http.logged.join('')).not.toContain(cookie?.value)
    expect(http.logged.join('')).not.toContain(password)
  })

  test('wrong name and wrong password sound the same', async () => {
    const f = async (body: object) => {
      const response = await http.ask('POST', '/api/session', { body })
      expect([response.statusCode, response.json().fault.code]).toEqual([401, 'sign_in_failed'])
      expect(response.cookies).toEqual([])
      return response.json().fault.says
    }
    const nobody = await f({ name: 'nobody', password })
    expect(await f({ name: 'ada', password: 'not the password' })).toBe(nobody)
  })

  test('guesses sent at one time are counted too', async () => {
    const guess = () => http.ask('POST', '/api/session', { body: { name: 'bob', password: 'x' } })
    const codes = (await Promise.all(Array.from({ length: 12 }, guess))).map((r) => r.statusCode)
    expect(codes.filter((code) => code === 401)).toHaveLength(5)
    const refused = await guess()
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '900'])
  })

  test('signing in changes the id; signing out ends it on the server', async () => {
    const first = await http.signIn('ada')
    const body = { name: 'ada', password }
    const second = cookieOf(await http.ask('POST', '/api/session', { body, cookie: first }))
    expect(second).not.toBe(first)
    expect(await who(first)).toBeUndefined()
    expect(await who(second)).toBe('ada')
    await http.ask('DELETE', '/api/session', { cookie: second })
    expect(await who(second)).toBeUndefined()
  })

  test('a session ends when it is idle and when it is old', async () => {
    const hour = 3600 * 1000
    const idle = await http.signIn('ada')
    http.clock.now_ms += 11 * hour
    expect(await who(idle)).toBe('ada')
    http.clock.now_ms += 11 * hour
    expect(await who(idle)).toBe('ada')
    http.clock.now_ms += 12 * hour
    expect(await who(idle)).toBeUndefined()
    const old = await http.signIn('ada')
    for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
      http.clock.now_ms += 8 * hour
      expect(await who(old)).toBe('ada')
    }
    http.clock.now_ms += 8 * hour
    expect(await who(old)).toBeUndefined()
  })

  test('behind TLS the cookie is bound to this host', async () => {
    const secure = await openHttp({ args: ['--listen.public_url=https://crow.example'] })
    await addPerson(secure.state, 'ada', 'admin')
    const response = await secure.ask('POST', '/api/session', { body: { name: 'ada', password } })
    const cookie = response.cookies.find(({ value }) => value !== '')
    expect(cookie).toMatchObject({ name: '__Host-crowsnest', secure: true, path: '/' })
    expect(response.headers['strict-transport-security']).toMatch(/max-age=\d{8}/)
    await secure.close()
  })
})

describe('ingest tokens', () => {
  let http: Fixture
  let admin: string
  beforeAll(async () => {
    http = await openHttp()
    await addPerson(http.state, 'ada', 'admin')
    await addPerson(http.state, 'bob', 'viewer')
    admin = await http.signIn('ada')
  })
  afterAll(() => http.close())
  const create = (body: object, cookie = admin) => http.ask('POST', '/api/tokens', { body, cookie })

  test('only an administrator handles them', async () => {
    const viewer = await http.signIn('bob')
    const f = async (method: 'GET' | 'POST' | 'DELETE', url: string, body?: object) => {
      const asked = body === undefined ? {} : { body }
      expect((await http.ask(method, url, asked)).json().fault.code).toBe('signed_out')
      const refused = await http.ask(method, url, { ...asked, cookie: viewer })
      expect([refused.statusCode, refused.json().fault.details.role]).toEqual([403, 'viewer'])
    }
    await f('GET', '/api/tokens')
    await f('POST', '/api/tokens', { name: 'shop', cluster: 'eu-1' })
    await f('DELETE', '/api/tokens/abc')
  })

  test('a token is shown once, opens for its cluster, and stops when it is revoked', async () => {
    const { token, id } = (await create({ name: 'shop', cluster: 'eu-1' })).json()
    expect(token).toMatch(new RegExp(`^cn_ingest_${id}_[A-Za-z0-9_-]{43}$`))
    expect(http.tokens.check(token)).toEqual({ cluster: 'eu-1', token_id: id })
    const forged = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
    for (const wrong of ['', 'x', `${token}x`, forged, token.replace(id, 'a'.repeat(12))]) {
      expect(http.tokens.check(wrong), wrong).toBeUndefined()
    }
    const listed = await http.ask('GET', '/api/tokens', { cookie: admin })
    const times = {
      created_ms: http.clock.now_ms,
      last_used_ms: http.clock.now_ms,
      revoked_ms: null,
    }
    expect(listed.json()).toEqual({ tokens: [{ id, name: 'shop', cluster: 'eu-1', ...times }] })
    const kept = await http.state.db.selectFrom('ingest_tokens').selectAll().execute()
    expect(JSON.stringify([kept, http.logged])).not.toContain(token.slice(-43))

    const told: string[] = []
    http.tokens.onRevoked((token_id) => told.push(token_id))
    const revoked = await http.ask('DELETE', `/api/tokens/${id}`, { cookie: admin })
    expect(revoked.statusCode).toBe(200)
    expect(http.tokens.check(token)).toBeUndefined()
    expect(told).toEqual([id])
    const after = await http.ask('GET', '/api/tokens', { cookie: admin })
    expect(after.json().tokens[0].revoked_ms).toBe(http.clock.now_ms)
  })

  test('what cannot be a name or a cluster is refused', async () => {
    const f = async (body: object, code: number) =>
      expect((await create(body)).statusCode, JSON.stringify(body)).toBe(code)
    await f({ name: 'x', cluster: 'arn:aws:eks:eu-1:1:cluster/a' }, 200)
    await f({ name: 'x', cluster: 'gke_project_zone_name' }, 200)
    await f({ name: 'x', cluster: '' }, 400)
    await f({ name: 'x', cluster: 'a b' }, 400)
    await f({ name: 'x', cluster: 'a'.repeat(254) }, 400)
    await f({ name: '', cluster: 'a' }, 400)
    await f({ name: 'x'.repeat(65), cluster: 'a' }, 400)
    await f({ name: 'x', cluster: 'a', id: 'chosen' }, 400)
    await f({ name: 'x' }, 400)
    const none = await http.ask('DELETE', '/api/tokens/none', { cookie: admin })
    expect(none.statusCode).toBe(404)
  })
})

function catchFault(run: () => void): Fault | undefined {
  try {
    run()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  return undefined
}
