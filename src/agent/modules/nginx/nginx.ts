/** nginx: reads the page of stub_status. */
import { get as getPlain, type RequestOptions } from 'node:http'
import { get as getTls } from 'node:https'
import { counter, Measures, updown } from '../measures.ts'
import { connectFailure, type Module, type ModuleAsk, ModuleError, shownHost } from '../module.ts'

const nginxMetrics = {
  'nginx.requests': counter('requests', 'Requests since the start'),
  'nginx.connections_accepted': counter('connections', 'Connections accepted'),
  'nginx.connections_handled': counter(
    'connections',
    'Connections handled: fewer than accepted when a limit was reached',
  ),
  'nginx.connections_dropped': counter('connections', 'Connections accepted but not handled'),
  'nginx.connections_current': updown('connections', 'Connections now, by state'),
} as const
type NginxMetric = keyof typeof nginxMetrics

const page_bytes_max = 64 * 1024
const statusPage = new RegExp(
  '^Active connections: +(\\d+)\\s+server accepts handled requests(?: request_time)?\\s+' +
    '(\\d+) (\\d+) (\\d+)[ \\d]*\\s+Reading: (\\d+) Writing: (\\d+) Waiting: (\\d+)',
)

/** Undefined when the text is no page of stub_status. */
export function nginxMeasures(text: string): Measures<NginxMetric> | undefined {
  const match = statusPage.exec(text.trimStart())
  if (match === null) return undefined
  const numbers = match.slice(1).map(Number)
  const [active, accepted, handled, requests, reading, writing, waiting] = numbers
  const measures = new Measures<NginxMetric>(nginxMetrics, 0)
  measures.add('nginx.requests', requests)
  measures.add('nginx.connections_accepted', accepted)
  measures.add('nginx.connections_handled', handled)
  measures.add('nginx.connections_dropped', accepted! - handled!)
  for (const [state, value] of Object.entries({ active, reading, writing, waiting })) {
    measures.add('nginx.connections_current', value, { state })
  }
  return measures
}

/** `web`, `web:8080` and `http://web/status`; without a path, /nginx_status. */
export function statusUrl(ask: ModuleAsk): URL {
  let url: URL
  try {
    url = new URL(/^https?:\/\//i.test(ask.host) ? ask.host : `http://${ask.host}`)
  } catch {
    throw new ModuleError(
      'no_endpoint',
      `The host "${shownHost(ask.host)}" cannot be read. Expected http://host:port/path.`,
    )
  }
  if (url.pathname === '/') url.pathname = '/nginx_status'
  return url
}

export const nginx: Module = {
  name: 'nginx',
  metrics: nginxMetrics,
  async read(ask) {
    const url = statusUrl(ask)
    const user = ask.username === '' ? decodeURIComponent(url.username) : ask.username
    const password = ask.password === '' ? decodeURIComponent(url.password) : ask.password
    url.username = url.password = ''
    const { text, server } = await fetchPage(url, ask.timeout_ms, user, password)
    const measures = nginxMeasures(text)
    if (measures === undefined) throw new ModuleError('unreadable', notStatus(url))
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    const version = /^nginx\/(\S+)/.exec(server)?.[1]
    const attributes = {
      'server.address': url.hostname.replace(/^\[|\]$/g, ''),
      'server.port': port,
      ...(version === undefined ? {} : { 'nginx.version': version }),
    }
    return [{ attributes, measures }]
  },
}

function notStatus(url: URL): string {
  const add = `location = ${url.pathname} { stub_status; allow 127.0.0.1; deny all; }`
  return `${url.href} is no page of stub_status. Add to nginx: ${add}`
}

type Page = { status: number; server: string; text: string }

async function fetchPage(url: URL, timeout_ms: number, user: string, password: string) {
  const auth = user === '' && password === '' ? {} : { auth: `${user}:${password}` }
  let page: Page
  try {
    page = await getPage(url, { ...auth, signal: AbortSignal.timeout(timeout_ms) })
  } catch (error) {
    const isLate = (error as Error).name === 'AbortError'
    throw connectFailure(
      url.href,
      isLate ? Object.assign(new Error('late'), { code: 'ETIMEDOUT' }) : error,
    )
  }
  if (page.status === 401 || page.status === 403) {
    const says = `${url.href} answered ${page.status}. Allow the agent's address there.`
    throw new ModuleError('permission', says)
  }
  // A redirect is not followed: it could take the password elsewhere.
  if (page.status !== 200) {
    throw new ModuleError('unreadable', `It answered ${page.status}. ${notStatus(url)}`)
  }
  return page
}

/** node:http and not fetch, which refuses ports that people do use. */
function getPage(url: URL, options: RequestOptions): Promise<Page> {
  const get = url.protocol === 'https:' ? getTls : getPlain
  return new Promise((answer, fail) => {
    const request = get(url, { ...options, agent: false }, (response) => {
      const chunks: Buffer[] = []
      let length_bytes = 0
      const finish = () => {
        const { statusCode = 0, headers } = response
        const text = Buffer.concat(chunks).toString('utf8')
        answer({ status: statusCode, server: String(headers.server ?? ''), text })
        request.destroy()
      }
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length_bytes += chunk.length
        if (length_bytes > page_bytes_max) finish()
      })
      response.on('end', finish)
      response.on('error', fail)
    })
    request.on('error', fail)
  })
}
