/** Whom a Kubernetes API vouches for may enrol: the right account, for us, on its own node. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenReview } from './token-review.ts'

let answer: { status: number; body: string }
let asked: { path: string | undefined; authorization: string | undefined; body: string }
const api = createServer((request, response) => {
  let body = ''
  request.on('data', (part) => {
    body += part
  })
  request.on('end', () => {
    asked = { path: request.url, authorization: request.headers.authorization, body }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
})
const dir = mkdtempSync(join(tmpdir(), 'crowsnest-review-'))
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
  writeFileSync(join(dir, 'token'), 'our-own\n')
})
afterAll(() => {
  api.close()
  rmSync(dir, { recursive: true })
})

const review = (token = 'a.b.c') =>
  tokenReview({
    ...{ url, ca_file: '', token_file: join(dir, 'token') },
    service_accounts: ['crowsnest/crowsnest-agent'],
  })(token)

const good = {
  authenticated: true,
  audiences: ['crowsnest'],
  user: {
    username: 'system:serviceaccount:crowsnest:crowsnest-agent',
    extra: { 'authentication.kubernetes.io/node-name': ['node-1'] },
  },
}
const say = (status: object, code = 201) => {
  answer = { status: code, body: JSON.stringify({ status }) }
}

test('a genuine token tells its node; we ask with our own and for our audience', async () => {
  say(good)
  expect(await review()).toEqual({ node: 'node-1' })
  expect(asked).toMatchObject({
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    authorization: 'Bearer our-own',
  })
  expect(JSON.parse(asked.body)).toEqual({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: 'a.b.c', audiences: ['crowsnest'] },
  })
  say({ ...good, user: { username: good.user.username } })
  expect(await review()).toEqual({ node: '' })
})

test('anything else does not enrol', async () => {
  const f = async (status: object, why: RegExp) => {
    say(status)
    await expect(review()).rejects.toThrow(why)
  }
  await f({ authenticated: false, error: 'token has expired' }, /token has expired/)
  await f({}, /does not know this token/)
  await f({ ...good, audiences: undefined }, /audience crowsnest/)
  await f({ ...good, audiences: ['https://kubernetes.default.svc'] }, /audience crowsnest/)
  const named = (username: string) => ({ ...good, user: { username } })
  await f(named('system:serviceaccount:evil:crowsnest-agent'), /evil\/crowsnest-agent/)
  await f(named('crowsnest/crowsnest-agent'), /not among those/)
  await f(named('system:node:node-1'), /not among those/)
})

test('an API that cannot answer is no refusal', async () => {
  say({}, 403)
  await expect(review()).rejects.toThrow(/status 403/)
  answer = { status: 200, body: '<html>' }
  await expect(review()).rejects.toThrow(/not answered with JSON/)
  answer = { status: 200, body: 'x'.repeat(300_000) }
  await expect(review()).rejects.toThrow(/too long|could not be asked/)
  const nowhere = tokenReview({
    ...{ url: 'http://127.0.0.1:1', ca_file: '', token_file: '' },
    service_accounts: [],
  })
  await expect(nowhere('a.b.c')).rejects.toThrow(/could not be asked/)
})
