/**
 * Binds a question's contract to the function that answers it from the store. The server checks the
 * ask and the caller's rights before it calls.
 */
import type { Question, Scope } from '../model/question.ts'
import type { Store } from './store.ts'

export type AskContext = { store: Store; scope: Scope; now_ms: number; signal?: AbortSignal }

/** Erased to one shape so that questions of all pages fit one list. */
export type Answerer = {
  question: Question<unknown, unknown>
  answer: (ask: unknown, context: AskContext) => Promise<unknown>
}

export function answers<Ask, Answer>(
  question: Question<Ask, Answer>,
  answer: (ask: Ask, context: AskContext) => Promise<Answer>,
): Answerer {
  return {
    question: question as Question<unknown, unknown>,
    answer: answer as (ask: unknown, context: AskContext) => Promise<unknown>,
  }
}
