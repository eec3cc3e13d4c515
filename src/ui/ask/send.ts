/**
 * One request to our own server: JSON both ways, the header that proves our origin, and every
 * failure as a Refused with a fault. A 401 tells the listener, which shows the sign-in page.
 */
import { type FaultShown, Refused } from './ask.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

let onSignedOut: () => void = () => undefined

/** What to do when the server says that nobody is signed in. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act
}

export async function send<Answer>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await reach(method, path, body, signal)
  const text = await response.text()
  const answer = readJson(text)
  if (response.ok) return answer as Answer
  const fault = (answer as { fault?: FaultShown } | undefined)?.fault
  if (response.status === 401 && fault?.code !== 'sign_in_failed') onSignedOut()
  throw new Refused(fault ?? unread(response.status, text))
}

async function reach(
  method: Method,
  path: string,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'x-crowsnest': '1' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      // What was begun is finished, even when the page is left meanwhile.
      keepalive: method === 'DELETE',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    throw new Refused({
      code: 'unreachable',
      says: 'ui.unreachable.says',
      do: 'ui.unreachable.do',
      details: { cause: String(cause) },
    })
  }
}

function readJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function unread(status: number, text: string): FaultShown {
  const details = { status, answer: text.slice(0, 500) }
  return { code: 'answer_unread', says: 'ui.unread.says', do: 'ui.unread.do', details }
}
