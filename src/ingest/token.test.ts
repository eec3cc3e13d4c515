/** Where a token is looked for, and which connections end when it is revoked. */
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { TokenUsers, tokenFrom } from './token.ts'

test('finds the token', () => {
  const f = (headers: Record<string, string | string[]>, token: string | undefined) =>
    expect(tokenFrom(headers)).toBe(token)
  f({}, undefined)
  f({ authorization: 'Bearer abc' }, 'abc')
  f({ authorization: 'bearer  abc ' }, 'abc')
  f({ 'api-key': 'abc' }, 'abc')
  f({ 'x-api-key': 'abc' }, 'abc')
  f({ 'x-api-key': ['abc', 'def'] }, 'abc')
  f({ authorization: 'Bearer one', 'api-key': 'two' }, 'one')
  f({ authorization: 'Basic abc' }, undefined)
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  f({ authorization: `Basic ${base64('any:cn_a:b')}` }, 'cn_a:b')
  f({ authorization: `Basic ${base64('cn_a:')}` }, 'cn_a')
  f({ authorization: 'ApiKey cn_a' }, 'cn_a')
  f({ authorization: 'ApiKey any:cn_a' }, 'cn_a')
  f({ authorization: `ApiKey ${base64('any:cn_a')}` }, 'cn_a')
  f({ authorization: 'ApiKey any:' }, undefined)
  f({ authorization: 'Bearer a b' }, undefined)
  f({ 'api-key': '' }, undefined)
})

class Connection extends EventEmitter {
  isDestroyed = false
  destroy(): void {
    this.isDestroyed = true
    this.emit('close')
  }
}

test('drops the connections that last used the token, and only those', () => {
  const users = new TokenUsers()
  const [a, b, c, d] = [new Connection(), new Connection(), new Connection(), new Connection()]
  users.used(a, { token_id: 'old' })
  users.used(b, { token_id: 'old' })
  users.used(b, { token_id: 'new' })
  users.used(c, {})
  users.used(d, { token_id: 'old' })
  d.emit('close')
  expect(users.drop('old')).toBe(1)
  expect([a, b, c, d].map((one) => one.isDestroyed)).toEqual([true, false, false, false])
  expect(users.drop('old')).toBe(0)
})
