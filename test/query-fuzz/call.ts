/** Asks an API as the server would, and keeps status and text. */
import type { Api } from '../../src/api/api.ts'
import type { QueryContext } from '../../src/query/context.ts'
import { apiCall } from '../query/api-call.ts'
import { type Ask, type Asked, addressOf, type Language, type Request } from './ask.ts'

export async function call(api: Api, request: Request, context: QueryContext): Promise<Asked> {
  const { method = 'GET', body, headers } = request
  const { status, text } = await apiCall(api, {
    ...{ method, path: addressOf(request), context },
    ...(body === undefined ? {} : { body }),
    ...(headers === undefined ? {} : { headers }),
  })
  return { status, text }
}

export type Told = Omit<Ask, 'answer' | 'sent' | 'language' | 'isComparable'> & {
  isComparable?: boolean
}

/** A question that is one request. */
export function requested(language: Language, api: Api, request: Request, told: Told): Ask {
  const values = Object.values(request.parameters ?? {}).flat()
  return {
    isComparable: true,
    ...told,
    language,
    sent: [decodeURIComponent(request.path), ...values, request.body ?? ''].join('\n'),
    answer: (context) => call(api, request, context),
  }
}
