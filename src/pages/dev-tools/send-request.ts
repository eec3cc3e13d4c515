/** Sends a request of the console to the server, and makes of its answer what is shown. */
import { type FaultShown, Refused } from '../../ui/ask/ask.ts'
import { send } from '../../ui/ask/send.ts'
import { prettyJson } from '../../ui/editor/json-print.ts'
import { readJson } from '../../ui/editor/lenient-json.ts'
import { type Refusal, refusalOf } from '../../ui/editor/refusal.ts'
import { type ConsoleRequest, wireBody } from './requests.ts'

export type ConsoleResult = {
  id: string
  request: ConsoleRequest
  status: number
  took_ms: number
  bytes: number
  /** As it is shown. */
  text: string
  refusal: Refusal | undefined
  /** It did not reach the API at all. */
  fault: FaultShown | undefined
}

type Answer = { status: number; media_type: string; body: string }

export async function sendRequest(text: string, request: ConsoleRequest): Promise<ConsoleResult> {
  const { method, path } = request
  const started_ms = performance.now()
  const took = () => performance.now() - started_ms
  const id = crypto.randomUUID?.() ?? String(started_ms)
  try {
    const body = wireBody(text, request)
    const answer = await send<Answer>('POST', '/api/console', { method, path, body })
    return {
      ...{ id, request, status: answer.status, took_ms: took(), fault: undefined },
      bytes: new TextEncoder().encode(answer.body).length,
      text: shownBody(answer),
      refusal: answer.status < 400 ? undefined : refusalOf(answer.body),
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { fault } = error
    const empty = { status: 0, bytes: 0, text: '', refusal: undefined }
    return { ...{ id, request, took_ms: took(), fault }, ...empty }
  }
}

/** JSON with its lines broken, numbers as they came; anything else as it is. */
function shownBody({ media_type, body }: Answer): string {
  if (!/json/.test(media_type)) return body
  const { values, problem } = readJson(body)
  return problem === undefined ? values.map((one) => prettyJson(one)).join('\n') : body
}
