/**
 * The ClickHouse HTTP interface over the embedded engine's lanes: the part of it that our client
 * speaks. Leaves sessions to lanes.ts and the listening address to engine-child.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileStructure, insertFromFile, readInsert, withBodyFile } from './insert.ts'
import { EngineError, type EngineLanes, type LaneName, laneSessions } from './lanes.ts'

const queryBytesMax = 16 * 1024 * 1024
/** Everything else in the address is a setting. */
const notSettings = new Set(['query', 'database', 'default_format', 'user', 'password', 'query_id'])

export type EngineHttp = { lanes: EngineLanes; key: string; scratchDir: string }
type Answer = { status: number; code?: number; body: Uint8Array | string }

export function engineServer(engine: EngineHttp): Server {
  const structures = new Map<string, string>()
  const server = createServer((request, response) => {
    answer(engine, structures, request, response).catch((error: unknown) => {
      const { code = 1002, message } = error as EngineError
      send(response, { status: statusOf(code), code, body: `${message}\n` })
    })
  })
  server.keepAliveTimeout = 60_000
  server.requestTimeout = 0
  return server
}

async function answer(
  engine: EngineHttp,
  structures: Map<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://engine')
  if (url.pathname === '/ping' || (request.method === 'GET' && url.search === '')) {
    send(response, { status: 200, body: 'Ok.\n' })
    return
  }
  if (!isKey(engine.key, request)) {
    throw new EngineError(516, 'Code: 516. Authentication failed')
  }
  const call = readCall(url, request, response)
  const insert = readInsert(call.text)
  const body = insert
    ? await runInsert(engine, structures, request, call)
    : await runQuery(engine, structures, request, call)
  send(response, { status: 200, body })
}

type Call = {
  text: string
  format: string
  database: string
  lane: LaneName
  settings: Map<string, string>
  signal: AbortSignal
}

function readCall(url: URL, request: IncomingMessage, response: ServerResponse): Call {
  const settings = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (notSettings.has(name)) continue
    if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new EngineError(115, `Code: 115. Setting ${name}`)
    settings.set(name, value)
  }
  const database = url.searchParams.get('database') || 'default'
  if (!/^\w+$/.test(database)) throw new EngineError(81, `Code: 81. Database ${database}`)
  const lane = String(request.headers['x-crowsnest-lane'] ?? 'page')
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return {
    text: url.searchParams.get('query') ?? '',
    format: url.searchParams.get('default_format') ?? 'TabSeparated',
    database,
    lane: lane in laneSessions ? (lane as LaneName) : 'page',
    settings,
    signal: gone.signal,
  }
}

async function runQuery(
  engine: EngineHttp,
  structures: Map<string, string>,
  request: IncomingMessage,
  call: Call,
): Promise<Uint8Array> {
  const body = await readBody(request)
  const text = call.text === '' ? body : `${call.text}\n${body}`
  if (text.trim() === '') throw new EngineError(62, 'Code: 62. Empty query')
  if (/^\s*(ALTER|CREATE|DROP|RENAME|DETACH|ATTACH)\b/i.test(text)) structures.clear()
  return engine.lanes.run(call.lane, { ...call, text })
}

async function runInsert(
  engine: EngineHttp,
  structures: Map<string, string>,
  request: IncomingMessage,
  call: Call,
): Promise<Uint8Array> {
  const insert = readInsert(call.text)!
  const place = `${call.database} ${insert.table} ${insert.columns.join()}`
  return withBodyFile(request, engine.scratchDir, async (path, bytes) => {
    if (bytes === 0) return new Uint8Array()
    let structure = structures.get(place)
    if (structure === undefined) {
      structure = await describe(engine, call, insert.table, insert.columns)
      structures.set(place, structure)
    }
    const text = insertFromFile(insert, path, structure, call.settings)
    return engine.lanes.run('write', { ...call, text, settings: new Map() })
  })
}

async function describe(
  engine: EngineHttp,
  call: Call,
  table: string,
  columns: readonly string[],
): Promise<string> {
  const bytes = await engine.lanes.run('write', {
    ...call,
    text: `DESCRIBE TABLE ${table}`,
    format: 'JSONCompact',
    settings: new Map(),
  })
  const described = JSON.parse(Buffer.from(bytes).toString()) as { data: string[][] }
  const stored = described.data.filter((row) => row[2] !== 'ALIAS' && row[2] !== 'MATERIALIZED')
  return fileStructure(
    stored.map((row) => ({ name: row[0]!, type: row[1]! })),
    columns,
  )
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > queryBytesMax) throw new EngineError(62, 'Code: 62. The query text is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function isKey(key: string, request: IncomingMessage): boolean {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const password = basic && Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':')
  const given = String(request.headers['x-clickhouse-key'] ?? password ?? '')
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(key))
}

/** The same statuses as a ClickHouse server gives to the codes that our client looks at. */
function statusOf(code: number): number {
  if (code === 516) return 403
  if (code === 60 || code === 81) return 404
  if (code === 62) return 400
  if (code === 202) return 429
  return 500
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return
  if (answer.code !== undefined) {
    response.setHeader('X-ClickHouse-Exception-Code', String(answer.code))
  }
  response.writeHead(answer.status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'Content-Length': Buffer.byteLength(answer.body),
  })
  response.end(answer.body)
}
