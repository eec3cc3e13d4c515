/** Servers that flood, hang, lie or want files: each costs its round and nothing more. */
import { createServer, type Server, type Socket } from 'node:net'
import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { mysql } from './mysql.ts'

const servers: { server: Server; sockets: Set<Socket> }[] = []

afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  }
})

async function serve(talk: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    talk(socket)
  })
  servers.push({ server, sockets })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return (server.address() as { port: number }).port
}

function packet(sequence: number, ...parts: (string | number[] | Uint8Array)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)))
  const header = Buffer.alloc(4)
  header.writeUIntLE(body.length, 0, 3)
  header[3] = sequence
  return Buffer.concat([header, body])
}

const greeting = (version = '8.4.3') =>
  packet(
    0,
    [10],
    `${version}\0`,
    [1, 0, 0, 0],
    'abcdefgh\0',
    // Capabilities of today's servers: protocol 4.1, secure connection, pluggable authentication.
    [0xff, 0xf7, 45, 2, 0, 0xff, 0x81, 21],
    Buffer.alloc(10),
    'ijklmnopqrst\0mysql_native_password\0',
  )
const ok = (sequence: number) => packet(sequence, [0, 0, 0, 2, 0, 0, 0])
const eof = (sequence: number) => packet(sequence, [0xfe, 0, 0, 2, 0])
const text = (word: string) => Buffer.concat([Buffer.from([word.length]), Buffer.from(word)])
const column = (sequence: number, name: string) =>
  packet(
    sequence,
    text('def'),
    ...['', '', ''].map(text),
    text(name),
    text(name),
    [12, 45, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0],
  )

/** Logs the client in, then answers every question alike. */
const answering = (answer: (socket: Socket, question: string) => void) => (socket: Socket) => {
  socket.write(greeting())
  let isIn = false
  socket.on('data', (bytes) => {
    if (isIn) return answer(socket, bytes.subarray(5).toString())
    isIn = true
    socket.write(ok(2))
  })
}

async function failureAt(port: number, timeout_ms = 10_000): Promise<string> {
  const ask = { username: 'root', password: 'hunter2', metricsets: [], now_ms: 0, timeout_ms }
  try {
    await mysql.read({ ...ask, host: `127.0.0.1:${port}` })
  } catch (error) {
    const { reason, message } = error as { reason: string; message: string }
    expect(message).not.toMatch(/hunter2/)
    return `${reason}: ${message}`
  }
  return 'no error'
}

test('the fake server is one: what it answers is read', async () => {
  const port = await serve(
    answering((socket, question) => {
      const names = /unix_timestamp/.test(question) ? ['seconds'] : ['Variable_name', 'Value']
      const row = names.length === 1 ? [text('1000')] : [text('Uptime'), text('40')]
      if (/^(set|show (replica|slave))|from/i.test(question.trim())) return socket.write(ok(1))
      const columns = names.map((name, at) => column(2 + at, name))
      const after = 2 + names.length
      socket.write(packet(1, [names.length]))
      socket.write(
        Buffer.concat([...columns, eof(after), packet(after + 1, ...row), eof(after + 2)]),
      )
    }),
  )
  const ask = { username: 'a', password: '', metricsets: [], now_ms: 0, timeout_ms: 10_000 }
  const [resource] = await mysql.read({ ...ask, host: `127.0.0.1:${port}` })
  expect(resource!.measures.start_ms).toBe(960_000)
  expect(resource!.measures.points.get('mysql.uptime')).toMatchObject([{ value: 40 }])
})

test('each harm ends in a sentence', async () => {
  const noise = vi.spyOn(console, 'error')
  const f = async (talk: (socket: Socket) => void, expected: RegExp, timeout_ms = 10_000) =>
    expect(await failureAt(await serve(talk), timeout_ms)).toMatch(expected)
  const late = /no_endpoint: .*did not answer in time/
  const tooMuch = /unreadable: .*it answers too much/
  await f(() => {}, late, 300)
  await f((socket) => socket.write(greeting()), late, 300)
  await f(
    answering(() => {}),
    late,
    300,
  )
  await f((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'), /no_endpoint: .*closed the connection/)
  await f((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /no_endpoint: .*closed/)
  await f((socket) => flood(socket, Buffer.alloc(65_536, 0xff)), tooMuch)
  await f(
    answering((socket) => flood(socket, Buffer.alloc(65_536, 0xff))),
    tooMuch,
  )
  const manyRows = Buffer.concat(
    Array.from({ length: 256 }, (_, at) => packet((at + 4) & 255, text('x'))),
  )
  await f(
    answering((socket) => {
      socket.write(Buffer.concat([packet(1, [1]), column(2, 'a'), eof(3)]))
      flood(socket, manyRows)
    }),
    /unreadable: .*too many rows/,
  )
  await f(
    answering((socket) => socket.write(packet(9, [1]).fill(9, 3, 4))),
    /out of order/,
  )
  // LOCAL INFILE: no file is ever sent.
  await f(
    answering((socket, question) => {
      if (question !== '') socket.write(packet(1, [0xfb], '/etc/passwd'))
      expect(question).not.toMatch(/root:/)
    }),
    /unreadable|no_endpoint/,
    1_000,
  )
  const clear = packet(2, [0xfe], 'mysql_clear_password\0')
  let sent = ''
  await f(
    (socket) => {
      socket.write(greeting())
      socket.once('data', () => {
        socket.write(clear)
        socket.on('data', (bytes) => {
          sent += bytes.toString('latin1')
        })
      })
    },
    /permission: .*Give the user a password/,
    1_000,
  )
  expect(sent).not.toMatch(/hunter2/)
  await f(
    (socket) => socket.write(packet(0, [0xff, 0x10, 0x04], '#08004Too many connections')),
    /unreadable: .*Too many connections\. Raise max_connections/,
  )
  expect(noise).not.toHaveBeenCalled()
  noise.mockRestore()
})

function flood(socket: Socket, bytes: Uint8Array): void {
  const more = () => {
    while (!socket.destroyed && socket.write(bytes)) {}
  }
  socket.on('drain', more)
  more()
}

test('no bytes end the agent', { timeout: 120_000 }, async () => {
  const bytes = fc.uint8Array({ maxLength: 300 })
  const talk = fc.record({
    first: fc.oneof(fc.constant(greeting()), bytes),
    second: fc.oneof(
      fc.constant(ok(2)),
      bytes,
      bytes.map((one) => packet(2, one)),
    ),
    third: fc.oneof(
      bytes,
      bytes.map((one) => packet(1, one)),
      bytes.map((one) =>
        Buffer.concat([packet(1, [1]), column(2, 'a'), eof(3), packet(4, one), eof(5)]),
      ),
    ),
  })
  await fc.assert(
    fc.asyncProperty(talk, async ({ first, second, third }) => {
      const port = await serve((socket) => {
        const answers = [second, third]
        socket.write(first)
        socket.on('data', () => {
          const answer = answers.shift()
          if (answer === undefined) socket.end()
          else socket.write(answer)
        })
      })
      expect(await failureAt(port, 50)).toMatch(/^(unreadable|no_endpoint|permission): .+/)
    }),
    { numRuns: 100 },
  )
})
