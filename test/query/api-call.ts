/** Asks a query API without a server: a call as the server makes it, and what came back. */
import type { Api, ApiCall, ApiHead } from '../../src/api/api.ts'
import type { QueryContext } from '../../src/query/context.ts'

export type CallOptions = {
  method?: string
  /** Behind the mount, with the query. */
  path: string
  body?: string | Uint8Array
  headers?: Record<string, string>
  context: QueryContext
}
export type Called = {
  status: number
  headers: Record<string, string>
  text: string
  body: string | Uint8Array
  bytes: Uint8Array
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers
  json: () => any
}

export async function apiCall(api: Api, options: CallOptions): Promise<Called> {
  const { method = 'GET', headers = {}, body = '', context } = options
  const url = new URL(options.path, 'http://api')
  const isForm = method === 'POST' && typeof body === 'string' && !headers['content-type']
  const media_type = isForm
    ? 'application/x-www-form-urlencoded'
    : (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  const head: ApiHead = { method, path: url.pathname, query: url.searchParams, headers, media_type }
  if (!api.serves(method, head.path)) throw new Error(`${api.name} does not serve ${head.path}`)
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const call: ApiCall = {
    ...head,
    context,
    body: async () => bytes,
    parameters: async () => {
      const all = new URLSearchParams(url.searchParams)
      if (media_type !== 'application/x-www-form-urlencoded') return all
      const form = new URLSearchParams(Buffer.from(bytes).toString())
      for (const [name, value] of form) all.append(name, value)
      return all
    },
  }
  const reply = await api.answer(call).catch((error: unknown) => api.refused(error, head))
  const { status, headers: told, body: sent } = reply
  const raw = Buffer.from(sent as string)
  const text = raw.toString()
  return { status, headers: told, body: sent, bytes: raw, text, json: () => JSON.parse(text) }
}
