/** Connections of the forward protocol: forms, acknowledgements, repetition, refusal in words. */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'
import net from 'node:net'
import zlib from 'node:zlib'
import { decodeMulti } from '@msgpack/msgpack'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'
import { EventTime, pack, packAll } from '../../../../test/ingest/ways-fluent-forward.ts'

let rig: Rig
let sockets: net.Socket[] = []
beforeEach(async () => {
  rig = await openRig()
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  sockets = []
  expect(rig.logged).toEqual([])
  await rig.close()
})

const now_s = () => Math.floor(rig.clock.now_ms() / 1000)
const logs = () => rig.segments.rows('logs')
const rows = async (count: number) => {
  await until(`${count} rows`, () => logs().length >= count, 20_000)
  expect(logs()).toHaveLength(count)
  return logs()
}

type Open = { socket: net.Socket; answers: unknown[]; isClosed: boolean }
function connect(): Open {
  const [host, port] = rig.address('fluent_forward').split(':') as [string, string]
  const socket = net.connect({ host, port: Number(port) })
  sockets.push(socket)
  const open: Open = { socket, answers: [], isClosed: false }
  let got = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('close', () => {
    open.isClosed = true
  })
  socket.on('data', (bytes: Buffer) => {
    got = Buffer.concat([got, bytes])
    open.answers = [...decodeMulti(got)]
  })
  return open
}

async function refusedRow(open: Open): Promise<Record<string, unknown>> {
  await until('closed', () => open.isClosed, 20_000)
  await rig.intake.tellRefused()
  return logs().at(-1)!
}

const entry = (text: string) => [new EventTime(now_s(), 7), { log: text }]

describe('forms', () => {
  const forms: Record<string, () => Uint8Array> = {
    'one by one': () => packAll(['a', 'b'].map((log) => ['app', now_s(), { log }])),
    'one by one with options': () =>
      packAll(['a', 'b'].map((log) => ['app', now_s(), { log }, {}])),
    'in an array': () => pack(['app', ['a', 'b'].map(entry), { size: 2 }]),
    'in an array with metadata': () =>
      pack(['app', ['a', 'b'].map((log) => [[new EventTime(now_s(), 0), { x: 'y' }], { log }])]),
    packed: () => pack(['app', packAll(['a', 'b'].map(entry)), { size: 2 }]),
    'packed as a text': () => {
      const packed = packAll(['a', 'b'].map(entry))
      return Buffer.concat([
        Uint8Array.of(0x92),
        pack('app'),
        Uint8Array.of(0xd9),
        Uint8Array.of(packed.length),
        packed,
      ])
    },
    gzip: () =>
      pack(['app', zlib.gzipSync(packAll(['a', 'b'].map(entry))), { compressed: 'gzip' }]),
    'gzip in two members': () => {
      const members = ['a', 'b'].map((text) => zlib.gzipSync(pack(entry(text))))
      return pack(['app', Buffer.concat(members), { compressed: 'gzip' }])
    },
    'zstd in two frames': () => {
      const frames = ['a', 'b'].map((text) => zlib.zstdCompressSync(pack(entry(text))))
      return pack(['app', Buffer.concat(frames), { compressed: 'zstd' }])
    },
    'compressed: text': () => pack(['app', packAll(['a', 'b'].map(entry)), { compressed: 'text' }]),
    heartbeats: () =>
      packAll([null, ['app', now_s(), { log: 'a' }], null, ['app', 0, { log: 'b' }]]),
    'as JSON': () =>
      Buffer.from(`["app",${now_s()},{"log":"a"}]\n["app",[[${now_s()},{"log":"b"}]]]\n`),
  }
  test.each(Object.entries(forms))('%s', async (_name, make) => {
    const { socket } = connect()
    socket.write(make())
    const stored = await rows(2)
    expect(stored.map(({ body }) => body)).toEqual(['a', 'b'])
    const counts = rig.counters.records()
    expect(counts.map(({ rejected }) => rejected)).toEqual([{}])
    expect(stored[0]!.attributes).toMatchObject({ 'fluent.tag': 'app' })
    for (const { time } of stored) expect(Number(time as bigint) / 1e9).toBeCloseTo(now_s(), -1)
  })

  test('byte by byte, and many at once', async () => {
    const { socket } = connect()
    for (const byte of pack(['app', ['a', 'b'].map(entry)])) socket.write(Uint8Array.of(byte))
    await rows(2)
    const many = Array.from({ length: 5000 }, (_, i) => ['app', now_s(), { log: `line ${i}` }])
    socket.write(packAll(many))
    await rows(5002)
    expect(rig.segments.appended.length, 'gathered').toBeLessThan(100)
  })

  test('a message of 5 MB is stored whole', async () => {
    const { socket, answers } = connect()
    const entries = Array.from({ length: 5000 }, (_, i) => entry(`${i} ${'x'.repeat(1000)}`))
    socket.write(pack(['app', packAll(entries)]))
    socket.write(pack(['app', entries]))
    await rows(10_000)
    expect(answers).toEqual([])
  })
})

test('values of every kind', async () => {
  const record = {
    log: 'line',
    n: 7,
    negative: -70_000,
    float: 1.5,
    big: 2 ** 60,
    yes: true,
    no: null,
    list: [1, 'two', { three: [3] }],
    one: ['only'],
    bytes: Uint8Array.of(0xff, 0xfe),
    text: Buffer.from('한국어'),
    deep: { a: { b: 'c' } },
    '__proto__.x': 'safe',
  }
  const { socket } = connect()
  socket.write(pack(['app', now_s(), record]))
  const [row] = await rows(1)
  expect(row).toMatchObject({
    body: 'line',
    attributes: {
      yes: 'true',
      list: '[1,"two",{"three":[3]}]',
      one: 'only',
      bytes: '//4=',
      text: '한국어',
      'deep.a.b': 'c',
      '__proto__.x': 'safe',
    },
    numbers: { n: 7, negative: -70_000, float: 1.5, big: 2 ** 60 },
  })
})

describe('tags of containers', () => {
  const id = '0123456789abcdef'.repeat(4)
  test.each([
    [`kube.var.log.containers.cart-7d9_shop_app-1-${id}.log`, 'shop', 'cart-7d9', 'app-1'],
    [`kubernetes.var.log.containers.a.b-c_kube-system_x-${id}.log`, 'kube-system', 'a.b-c', 'x'],
    [`kube.pod_ns_c-${id}.log`, 'ns', 'pod', 'c'],
    [`app.var.log.nginx_access_x-${id}.log`, '', '', ''],
    [`kube.var.log.containers.Bad_ns_c-${id}.log`, '', '', ''],
    ['kube.var.log.containers.pod_ns_c-1234.log', '', '', ''],
  ])('%s', async (tag, namespace, pod, container) => {
    const { socket } = connect()
    socket.write(
      packAll([
        [tag, now_s(), { log: 'x' }],
        ['end', now_s(), {}],
      ]),
    )
    const [row] = await rows(2)
    expect(row).toMatchObject({ namespace, pod, container })
  })

  test('what the record says itself is better', async () => {
    const kubernetes = { pod_name: 'mine', namespace_name: 'here', container_name: 'c' }
    const { socket } = connect()
    socket.write(pack([`kube.pod_ns_c-${id}.log`, now_s(), { log: 'x', kubernetes }]))
    expect((await rows(1))[0]).toMatchObject({ namespace: 'here', pod: 'mine' })
  })
})

test("containers of Docker's own driver are named", async () => {
  const { socket } = connect()
  const sent = (container_name: string, container_id: string) => [
    'docker.x',
    now_s(),
    { container_id, container_name, source: 'stderr', log: 'x' },
  ]
  const id = 'ab'.repeat(32)
  socket.write(
    packAll([
      sent('/shop-web-1', id),
      sent('/k8s_app_cart-7d9c5b6f4-b2xkq_shop_u-1_0', id),
      sent('web', id),
      sent('/web', 'ab'),
    ]),
  )
  const cart = { namespace: 'shop', pod: 'cart-7d9c5b6f4-b2xkq', container: 'app' }
  const unknown = { service: 'unknown_service', pod: '' }
  expect(await rows(4)).toMatchObject([
    { service: 'shop-web-1', pod: '' },
    { service: 'cart', ...cart },
    unknown,
    unknown,
  ])
})

describe('acknowledgements', () => {
  test('come after the rows are durable, and one repeats nothing', async () => {
    let release = () => {}
    rig.segments.held = new Promise((resolve) => {
      release = resolve
    })
    const message = pack(['app', ['a', 'b'].map(entry), { chunk: 'Y2h1bms=' }])
    const first = connect()
    first.socket.write(message)
    const requests = () => rig.counters.listeners().some(({ requests }) => requests > 0)
    await until('it arrived', requests, 20_000)
    expect([first.answers.length, logs().length]).toEqual([0, 0])
    release()
    await until('an answer', () => first.answers.length > 0, 20_000)
    expect(first.answers).toEqual([{ ack: 'Y2h1bms=' }])
    await rows(2)
    const second = connect()
    second.socket.write(message)
    await until('an answer', () => second.answers.length > 0, 20_000)
    await rows(2)
    second.socket.write(pack(['app', [entry('c')], { chunk: 'Y2h1bms=' }]))
    await rows(3)
  })

  test('many at once are all answered', async () => {
    const open = connect()
    const messages = Array.from({ length: 300 }, (_, i) => [
      'app',
      packAll([entry(`${i}`)]),
      { chunk: `chunk ${i}`, compressed: 'text' },
    ])
    open.socket.write(packAll(messages))
    await until('300 answers', () => open.answers.length === 300, 20_000)
    expect(new Set(open.answers.map((one) => (one as { ack: string }).ack)).size).toBe(300)
    await rows(300)
  })

  test('what was whole before a broken message is stored', async () => {
    const open = connect()
    open.socket.write(Buffer.concat([pack(['app', [entry('good')]]), Uint8Array.of(0xc1)]))
    const row = await refusedRow(open)
    expect(row.body).toContain('payload_malformed')
    expect(logs()[0]!.body).toBe('good')
  })

  test('bad records beside good ones are told, signals that are no logs too', async () => {
    const open = connect()
    open.socket.write(
      packAll([
        ['app', [entry('a'), ['now', { log: 'x' }], [now_s(), 'text'], 7, entry('b')]],
        ['m', Buffer.from('cmetrics'), { fluent_signal: 1, chunk: 'm' }],
        ['t', Buffer.from('ctraces'), { fluent_signal: 2 }],
      ]),
    )
    await rows(2)
    await until('the ack', () => open.answers.length > 0, 20_000)
    await until('both', () => rig.counters.records()[0]?.rejected.operation_unsupported === 2)
    expect(rig.counters.records()[0]!.rejected.document_malformed).toBe(3)
  })

  test('a message that is too large closes the connection and says so', async () => {
    const open = connect()
    open.socket.write(Uint8Array.of(0x92, 0xa1, 0x61, 0xc6, 0xff, 0xff, 0xff, 0xff, 0))
    expect((await refusedRow(open)).body).toContain('body_too_large')
  })
})

test('UDP heartbeats are answered', async () => {
  const [host, port] = rig.address('fluent_forward').split(':') as [string, string]
  const socket = createSocket('udp4')
  const answer = await new Promise<Buffer>((resolve) => {
    socket.on('message', resolve)
    socket.send(Uint8Array.of(0), Number(port), host)
  })
  socket.close()
  expect([...answer]).toEqual([0])
})

test('without a key and where ingest needs a token nobody is let in', async () => {
  rig.tokens.set('t', { token_id: 't', cluster: '' })
  const row = await refusedRow(connect())
  expect(row.body).toMatch(/sender_refused.*shared_key is not set/)
})

describe('handshake', () => {
  const shared_key = 'very-secret'
  const sha512 = (...parts: (Uint8Array | string)[]) => {
    const hash = createHash('sha512')
    for (const part of parts) hash.update(part)
    return hash.digest('hex')
  }
  /** Salts of any bytes, as texts. */
  const salt = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i)
  const asText = (bytes: Uint8Array) => Buffer.concat([Uint8Array.of(0xa0 | bytes.length), bytes])

  type Said = { key?: string; user?: string; password?: string; ping?: unknown }
  async function shake({ key = shared_key, user = '', password = '', ping }: Said) {
    const open = connect()
    await until('HELO', () => open.answers.length === 1, 20_000)
    const [helo, { nonce, auth, keepalive }] = open.answers[0] as [
      string,
      { nonce: Uint8Array; auth: Uint8Array | ''; keepalive: boolean },
    ]
    expect([helo, nonce.length, keepalive]).toEqual(['HELO', 16, true])
    const digest = user === '' ? '' : sha512(auth, user, password)
    open.socket.write(
      ping !== undefined
        ? pack(ping)
        : Buffer.concat([
            Uint8Array.of(0x96),
            pack('PING'),
            pack('client-host'),
            asText(salt),
            pack(sha512(salt, 'client-host', nonce, key)),
            pack(user),
            pack(digest),
          ]),
    )
    open.socket.write(pack(['app', [entry('in')]]))
    await until('PONG', () => open.answers.length === 2, 20_000)
    return { open, nonce, pong: open.answers[1] as unknown[] }
  }
  async function reopen(users: ReadonlyMap<string, string> = new Map()) {
    await rig.close()
    rig = await openRig({ streams: { shared_key, users, hostname: 'crow' } })
    // The key takes the place of a token.
    rig.tokens.set('t', { token_id: 't', cluster: '' })
  }

  test('both sides prove the key', async () => {
    await reopen()
    const { pong, nonce } = await shake({})
    expect(pong).toEqual(['PONG', true, '', 'crow', sha512(salt, 'crow', nonce, shared_key)])
    await rows(1)
  })

  const users = new Map([['ann', 'pass']])
  test('a user proves the password', async () => {
    await reopen(users)
    const { pong } = await shake({ user: 'ann', password: 'pass' })
    expect(pong.slice(0, 3)).toEqual(['PONG', true, ''])
    await rows(1)
  })

  test.each<[string, Said, string]>([
    ['a wrong key', { key: 'wrong', user: 'ann', password: 'pass' }, 'shared_key mismatch'],
    ['a wrong password', { user: 'ann', password: 'no' }, 'username/password mismatch'],
    ['an unknown user', { user: 'bob', password: 'pass' }, 'username/password mismatch'],
    ['no user', {}, 'username/password mismatch'],
    ['no PING', { ping: ['app', 1, {}] }, 'invalid ping message'],
  ])('%s is refused and told', async (_name, said, reason) => {
    await reopen(users)
    const { open, pong } = await shake(said)
    expect(pong).toEqual(['PONG', false, reason, '', ''])
    const row = await refusedRow(open)
    expect(row.body).toContain(`sender_refused. A sender of forward was refused: ${reason}`)
    expect(logs().map(({ body }) => body)).not.toContain('in')
  })
})
