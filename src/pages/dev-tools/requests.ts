/**
 * The requests in the console's text: where each begins and ends, what its body is on the wire, and
 * the same as a command for curl. Sending them is send-request.ts.
 */
import { prettyJson, strictJson } from '../../ui/editor/json-print.ts'
import { type JsonRead, readJson } from '../../ui/editor/lenient-json.ts'

export type ConsoleRequest = {
  method: string
  /** With a slash before it, whether or not one was typed. */
  path: string
  from: number
  to: number
  /** The end of its first line. */
  head_to: number
  /** Where the path begins. */
  path_from: number
}

const head = /^(\s*)(GET|POST|PUT|DELETE|HEAD|PATCH)(\s+)(\S+)/i

export function readRequests(text: string): ConsoleRequest[] {
  const found: ConsoleRequest[] = []
  let at = 0
  let inTriple = false
  for (const line of text.split('\n')) {
    const [, space = '', method = '', gap = '', path = ''] = (!inTriple && head.exec(line)) || []
    if (method !== '') {
      const from = at + space.length
      found.push({
        method: method.toUpperCase(),
        path: addressOf(path),
        ...{ from, to: at + line.length, head_to: at + line.trimEnd().length },
        path_from: from + method.length + gap.length,
      })
    } else {
      const isComment = !inTriple && /^\s*(#|\/\/)/.test(line)
      if (!isComment && line.split('"""').length % 2 === 0) inTriple = !inTriple
      const last = found.at(-1)
      if (last !== undefined && !isComment && line.trim() !== '') last.to = at + line.length
    }
    at += line.length + 1
  }
  return found
}

/** The host that a copied address names is not asked: only this server is. */
function addressOf(typed: string): string {
  const path = typed.replace(/^https?:\/\/[^/]*/i, '')
  return path.startsWith('/') ? path : `/${path}`
}

/** What a selection touches; a cursor between two requests is in the one before it. */
export function requestsAt(
  requests: readonly ConsoleRequest[],
  from: number,
  to: number,
): ConsoleRequest[] {
  const touched = requests.filter((one) => one.from <= to && one.to >= from)
  if (touched.length > 0) return touched
  const before = requests.filter((one) => one.from <= from).at(-1) ?? requests[0]
  return before === undefined ? [] : [before]
}

export function bodyReadOf(text: string, request: ConsoleRequest): JsonRead {
  return readJson(text, request.head_to, request.to)
}

/** JSON on one line, or one line a value as bulk requests have it. */
export function wireBody(text: string, request: ConsoleRequest): string {
  const { values, problem } = bodyReadOf(text, request)
  // What is no JSON goes as it is: the server says what it expected.
  if (problem !== undefined) return text.slice(request.head_to, request.to).trim()
  const lines = values.map(strictJson)
  if (isLines(request) || lines.length > 1) return lines.map((line) => `${line}\n`).join('')
  return lines[0] ?? ''
}

function isLines({ path }: ConsoleRequest): boolean {
  return /\/(_bulk|_msearch)$/.test(path.split('?')[0] ?? '')
}

/** The body with its lines broken and indented; undefined when it cannot be read, or has notes. */
export function tidyBody(text: string, request: ConsoleRequest): string | undefined {
  const { values, problem, has_comments } = bodyReadOf(text, request)
  if (problem !== undefined || has_comments || values.length === 0) return undefined
  const isOnePerLine = isLines(request) || values.length > 1
  return `\n${values.map(isOnePerLine ? strictJson : (one) => prettyJson(one)).join('\n')}`
}

export function curlOf(text: string, request: ConsoleRequest, address: string): string {
  const body = wireBody(text, request)
  const type = isLines(request) ? 'application/x-ndjson' : 'application/json'
  const parts = [
    `curl -X ${request.method} ${shellQuoted(address + request.path)}`,
    `-H 'Authorization: ApiKey <token>'`,
    ...(body === '' ? [] : [`-H 'Content-Type: ${type}'`, `--data-binary ${shellQuoted(body)}`]),
  ]
  return parts.join(' \\\n  ')
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
