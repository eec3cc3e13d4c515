/**
 * Answers of Explore, and of every panel that shows a query: each language's own file runs, checks
 * and completes it.
 */
import type { AskOf } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import {
  exploreFields,
  exploreResource,
  type QueryCheck,
  type QueryLanguage,
  type QueryRun,
  type QueryWords,
  queryCheck,
  queryRun,
  queryWords,
  type RunAsk,
  type WordsAsk,
} from './contract.ts'
import { checkEsqlQuery, esqlPlace, esqlWords, runEsqlQuery } from './queries-esql.ts'
import { fields, resource, searchWords } from './queries-fields.ts'
import { checkLogql, logqlWords, runLogql } from './queries-logql.ts'
import { checkPromql, promqlWords, runPromql } from './queries-promql.ts'
import { checkSearch, runSearch } from './queries-search.ts'
import { faultOf } from './queries-steps.ts'
import { checkTraceql, runTraceql, traceqlWords } from './queries-traceql.ts'

async function run(ask: RunAsk, context: AskContext): Promise<QueryRun> {
  const began_ms = performance.now()
  const answer = await told(() => runIn(ask, context))
  return { ...answer, took_ms: Math.round(performance.now() - began_ms) }
}

function runIn(ask: RunAsk, context: AskContext) {
  switch (ask.language) {
    case 'search':
      return runSearch(ask, context)
    case 'promql':
      return runPromql(ask, context)
    case 'logql':
      return runLogql(ask, context)
    case 'traceql':
      return runTraceql(ask, context)
    case 'esql':
      return runEsqlQuery(ask, context)
  }
}

async function check({ language, query }: AskOf<typeof queryCheck>): Promise<QueryCheck> {
  return checks[language](query)
}

const checks: Readonly<Record<QueryLanguage, (query: string) => QueryCheck>> = {
  search: checkSearch,
  promql: checkPromql,
  logql: checkLogql,
  traceql: checkTraceql,
  esql: checkEsqlQuery,
}

function words(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const { language } = ask
  const of = { search: searchWords, promql: promqlWords, logql: logqlWords, traceql: traceqlWords }
  return told(() => (language === 'esql' ? esqlWords : of[language])(ask, context))
}

async function told<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
  try {
    return await answer()
  } catch (error) {
    throw faultOf(error, esqlPlace)
  }
}

export const exploreAnswerers: Answerer[] = [
  answers(queryRun, run),
  answers(queryCheck, check),
  answers(queryWords, words),
  answers(exploreFields, fields),
  answers(exploreResource, resource),
]
