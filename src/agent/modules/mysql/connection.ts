/**
 * One connection to a MySQL server that may be slow, broken or hostile: bounded in time and in what
 * it may answer, read-only in what it offers. What is asked is mysql.ts's work.
 */
import { connect, type Socket } from 'node:net'
import type { Connection, FieldPacket } from 'mysql2'
import type { MysqlAddress } from './address.ts'
import type { Row } from './rows.ts'

/** A server of a thousand variables and a hundred channels answers a tenth of either. */
const answer_bytes_max = 2 * 1024 * 1024
const packets_max = 20_000
const goodbye_ms_max = 1_000

export type Ask = (question: string) => Promise<Row[]>

/** The work is done, or the connection broke, or the time is over: nothing stays open. */
export async function onConnection<Result>(
  address: MysqlAddress,
  timeout_ms: number,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  // Loaded when the first server is asked: most agents never do.
  const { default: mysql } = await import('mysql2')
  const socket = connect({ host: address.address, port: address.port, noDelay: true })
  const { promise: broken, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(coded('no answer in time', 'ETIMEDOUT')), timeout_ms)
  const connection = mysql.createConnection({
    stream: () => socket,
    host: address.address,
    user: address.username,
    password: address.password,
    ...(address.tls === undefined ? {} : { ssl: address.tls }),
    connectTimeout: timeout_ms,
    charset: 'UTF8MB4_GENERAL_CI',
    connectAttributes: { program_name: 'crowsnest' },
    // No server may ask for files of this machine, nor send several results.
    flags: ['-LOCAL_FILES', '-MULTI_RESULTS'],
    // Columns are the server's: nothing it names becomes code.
    disableEval: true,
  })
  // Without a listener a connection that breaks between two questions would end the agent.
  connection.on('error', reject)
  bound(connection, reject)
  const connected = new Promise<void>((done, fail) => {
    connection.connect((error) => (error === null ? done() : fail(error)))
  })
  let isBroken = false
  broken.catch(() => {
    isBroken = true
  })
  try {
    const worked = connected.then(() => work((question) => rowsOf(connection, question)))
    return await Promise.race([broken, worked])
  } finally {
    clearTimeout(timer)
    if (isBroken) socket.destroy()
    else leave(connection, socket)
  }
}

/** Who leaves without a goodbye is counted, and logged, as aborted. */
function leave(connection: Connection, socket: Socket): void {
  // The server closes upon it.
  connection.end()
  setTimeout(() => socket.destroy(), goodbye_ms_max).unref()
}

type Packet = { sequenceId: number }
type Insides = {
  sequenceId: number
  packetParser: { execute(chunk: Uint8Array): void }
  handlePacket(packet?: Packet): void
}

/** The library bounds neither bytes nor rows, and prints a line for each packet out of order. */
function bound(connection: Connection, fail: (error: Error) => void): void {
  const insides = connection as unknown as Insides
  const { packetParser } = insides
  const handle = insides.handlePacket.bind(connection)
  let bytes = 0
  let packets = 0
  let isOver = false
  const stop = (error: Error) => {
    isOver = true
    fail(error)
  }
  insides.packetParser = {
    execute(chunk) {
      bytes += chunk.length
      if (!isOver && bytes > answer_bytes_max) stop(new Error('it answers too much'))
      if (!isOver) packetParser.execute(chunk)
    },
  }
  insides.handlePacket = (packet) => {
    if (isOver) return
    if (packet !== undefined && ++packets > packets_max) stop(new Error('it answers too many rows'))
    else if (packet !== undefined && packet.sequenceId !== insides.sequenceId) {
      stop(coded('packets out of order', 'PROTOCOL_ERROR'))
    } else handle(packet)
  }
}

/** Text protocol, and text it stays: numbers of 64 bits are not squeezed on the way. */
function rowsOf(connection: Connection, question: string): Promise<Row[]> {
  return new Promise((done, fail) => {
    const options = { sql: question, typeCast: false, rowsAsArray: true }
    connection.query(options, (error, rows, fields: FieldPacket[] | undefined) => {
      if (error !== null) return fail(error)
      const names = (Array.isArray(fields) ? fields : []).map(({ name }) =>
        String(name).toLowerCase(),
      )
      done((Array.isArray(rows) ? rows : []).map((row) => rowOf(names, row)))
    })
  })
}

function rowOf(names: readonly string[], values: unknown): Row {
  const row = new Map<string, string>()
  if (!Array.isArray(values)) return row
  for (const [at, name] of names.entries()) {
    const value: unknown = values[at]
    if (value instanceof Uint8Array) row.set(name, new TextDecoder().decode(value))
  }
  return row
}

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code })
}
