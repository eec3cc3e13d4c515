/**
 * Log lines of nginx: access in the common and combined formats with what is often put after them
 * (request time, upstream times, forwarded-for), and errors.
 */
import {
  type LineParser,
  monthOf,
  offset_minutes,
  type ParsedLine,
  present,
  requestLine,
  textOf,
  utc_ms,
} from './parsed-line.ts'

const quoted = '"((?:[^"\\\\]|\\\\.)*)"'
const access = new RegExp(
  `^(\\S+) \\S+ (.{1,256}?) \\[(\\d\\d)/(\\w{3})/(\\d{4}):(\\d\\d:\\d\\d:\\d\\d) ([+-]\\d{4})\\] ` +
    `${quoted} (\\d{3}) (\\d+|-)(?: ${quoted} ${quoted})?(.*)$`,
  's',
)
/** With `rt=0.005` or `request_time=0.005` anywhere, or a bare number as the first word. */
const namedTime = /(?:^|[ ,;|])(?:rt|request_time)[=:]"?(\d+\.\d{1,6})/
const upstreamTime = /(?:^|[ ,;|])(?:urt|upstream_response_time)[=:]"?(\d+\.\d{1,6})/
const bareTime = /^ "?(\d+\.\d{3})"?(?= |$)/
const forwardedFor = new RegExp(`^ ${quoted}`)

export const nginxAccess: LineParser = (bytes) => {
  const text = textOf(bytes)
  const match = text === undefined ? null : access.exec(text)
  if (match === null) return undefined
  const [, address, user, day, monthName = '', year, clock = '', zone = ''] = match
  const month = monthOf(monthName)
  if (month === undefined) return undefined
  const at_ms = utc_ms(Number(year), month, Number(day), clock)
  if (at_ms === undefined) return undefined
  const [request = '', statusText, size, referrer, agent, rest = ''] = match.slice(8)
  const status = Number(statusText)
  return {
    severity_number: status >= 500 ? 17 : status >= 400 ? 13 : 9,
    time_ms: at_ms - offset_minutes(zone)! * 60_000,
    attributes: {
      ...present({ 'client.address': address, 'user.name': user }),
      ...requestLine(request),
      ...present({
        'http.response.status_code': status,
        'http.response.body.size': size === '-' ? undefined : Number(size),
        'http.request.header.referer': referrer,
        'user_agent.original': agent,
      }),
      ...extension(rest),
    },
  }
}

function extension(rest: string): Record<string, string | number> {
  const duration = namedTime.exec(rest) ?? bareTime.exec(rest)
  const upstream = upstreamTime.exec(rest)
  const forwarded = forwardedFor.exec(rest)?.[1]
  return present({
    'http.server.request.duration': duration === null ? undefined : Number(duration[1]),
    'nginx.upstream.response.duration': upstream === null ? undefined : Number(upstream[1]),
    'http.request.header.x-forwarded-for':
      forwarded !== undefined &&
      /^[0-9a-f.:, ]+$/i.test(forwarded) &&
      !/^\d+\.\d{3}$/.test(forwarded)
        ? forwarded
        : undefined,
  })
}

const severities: Readonly<Record<string, number>> = {
  ...{ debug: 5, info: 9, notice: 10, warn: 13 },
  ...{ error: 17, crit: 18, alert: 19, emerg: 21 },
}
const error = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) \[(\w+)\] (\d+)#(\d+): (?:\*(\d+) )?(.*)$/s
/** `, client: 172.17.0.1, server: localhost, request: "GET / HTTP/1.1", host: "localhost"` */
const detail =
  /, (client|server|request|subrequest|upstream|host|referrer): (?:"((?:[^"\\]|\\.)*)"|([^,"]+))/g

export const nginxError: LineParser = (bytes) => {
  const text = textOf(bytes)
  const match = text === undefined ? null : error.exec(text)
  if (match === null) return undefined
  const [, year, month, day, clock = '', level = '', pid, thread, connection, said = ''] = match
  const severity_number = severities[level]
  if (severity_number === undefined) return undefined
  const time_ms = utc_ms(Number(year), Number(month) - 1, Number(day), clock)
  return {
    severity_number,
    ...(time_ms === undefined ? {} : { time_ms }),
    ...message(said),
    attributes: {
      ...present({
        'process.pid': Number(pid),
        'thread.id': Number(thread),
        'nginx.error.connection_id': connection === undefined ? undefined : Number(connection),
      }),
      ...errorDetails(said),
    },
  }
}

function message(said: string): Pick<ParsedLine, 'body'> {
  const end = said.indexOf(', client: ')
  return { body: end === -1 ? said : said.slice(0, end) }
}

function errorDetails(said: string): Record<string, string | number> {
  const start = said.indexOf(', client: ')
  if (start === -1) return {}
  const found: Record<string, string> = {}
  for (const match of said.slice(start).matchAll(detail)) {
    found[match[1]!] ??= match[2] ?? match[3] ?? ''
  }
  return {
    ...present({
      'client.address': found.client,
      'server.address': found.host?.replace(/:\d+$/, '') ?? found.server,
      'nginx.error.server': found.server,
      'nginx.error.upstream': found.upstream,
      'http.request.header.referer': found.referrer,
    }),
    ...(found.request === undefined ? {} : requestLine(found.request)),
  }
}
