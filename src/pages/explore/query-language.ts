/**
 * The query languages for the editor: colours, words and functions of the language itself, and
 * names from real data. What is right is the server's to say.
 */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import { StreamLanguage, type StringStream } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import type { RangeAsk } from '../../model/question.ts'
import { askOnce } from '../../ui/ask/ask.ts'
import { queryWords } from './contract.ts'
import { placeAt, type WrittenLanguage } from './query-place.ts'

const words: Readonly<Record<WrittenLanguage, string>> = {
  promql:
    'by without on ignoring group_left group_right offset bool and or unless sum avg min max ' +
    'count topk bottomk quantile stddev count_values group rate irate increase delta idelta ' +
    'deriv changes resets histogram_quantile histogram_count histogram_sum histogram_avg ' +
    'avg_over_time sum_over_time min_over_time max_over_time count_over_time last_over_time ' +
    'quantile_over_time stddev_over_time absent absent_over_time predict_linear label_replace ' +
    'label_join clamp clamp_min clamp_max abs ceil floor round ln log2 log10 exp sqrt sort ' +
    'sort_desc time timestamp vector scalar',
  logql:
    'by without json logfmt regexp pattern unpack unwrap line_format label_format decolorize ' +
    'drop keep and or unless offset sum avg min max count topk bottomk rate count_over_time ' +
    'bytes_rate bytes_over_time sum_over_time avg_over_time max_over_time min_over_time ' +
    'quantile_over_time first_over_time last_over_time absent_over_time',
  traceql:
    'by with select count avg min max sum rate count_over_time histogram_over_time ' +
    'quantile_over_time min_over_time max_over_time avg_over_time sum_over_time topk bottomk ' +
    'compare true false nil ok error unset server client producer consumer internal',
  esql:
    'FROM ROW WHERE STATS BY EVAL SORT LIMIT KEEP DROP RENAME DISSECT GROK MV_EXPAND METADATA ' +
    'AS ASC DESC NULLS FIRST LAST AND OR NOT IN LIKE RLIKE IS NULL COUNT COUNT_DISTINCT SUM AVG ' +
    'MIN MAX MEDIAN PERCENTILE BUCKET DATE_TRUNC DATE_FORMAT NOW CASE COALESCE CONCAT LENGTH ' +
    'SUBSTRING STARTS_WITH ENDS_WITH TO_STRING TO_LONG TO_DOUBLE TO_DATETIME ROUND',
}

export const exampleOf: Readonly<Record<WrittenLanguage, string>> = {
  promql: 'count by (__name__) ({__name__!=""})',
  logql: 'sum by (service_name) (count_over_time({service_name=~".+"}[1m]))',
  traceql: '{ status = error }',
  esql: 'FROM logs-* | STATS rows = COUNT(*) BY service.name | SORT rows DESC | LIMIT 20',
}

const keywords: Readonly<Record<WrittenLanguage, ReadonlySet<string>>> = {
  promql: new Set(words.promql.split(' ')),
  logql: new Set(words.logql.split(' ')),
  traceql: new Set(words.traceql.split(' ')),
  esql: new Set(words.esql.toLowerCase().split(' ')),
}

function token(language: WrittenLanguage): (stream: StringStream) => string | null {
  return (stream) => {
    if (stream.eatSpace()) return null
    if (stream.match(/^(?:#|\/\/).*/)) return 'comment'
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^`[^`]*`?/)) return 'string'
    if (language !== 'esql' && stream.match(/^'(?:[^'\\]|\\.)*'?/)) return 'string'
    if (stream.match(/^\d[\d.]*(?:e[+-]?\d+)?(?:ns|us|µs|ms|[smhdwy])?/i)) return 'number'
    const found = stream.match(/^[A-Za-z_@][\w.:]*/)
    if (Array.isArray(found)) {
      const text = String(found[0])
      if (keywords[language].has(language === 'esql' ? text.toLowerCase() : text)) return 'keyword'
      return stream.match(/^\s*(?:=~|!~|!=|==|=|>|<)/, false) ? 'propertyName' : 'variableName'
    }
    stream.next()
    return null
  }
}

/** `range` is read when something is asked: the editor is made once. */
export function queryLanguage(language: WrittenLanguage, range: () => RangeAsk): Extension {
  return [
    StreamLanguage.define({
      name: language,
      token: token(language),
      languageData: {
        commentTokens: { line: language === 'promql' || language === 'logql' ? '#' : '//' },
        closeBrackets: { brackets: ['(', '[', '{', '"'] },
      },
    }),
    autocompletion({
      icons: false,
      override: [(context) => complete(language, context, range())],
    }),
  ]
}

const shown_max = 100

async function complete(
  language: WrittenLanguage,
  context: CompletionContext,
  range: RangeAsk,
): Promise<CompletionResult | null> {
  const place = placeAt(language, context.state.doc.toString(), context.pos)
  const { of, label, selector, typed, from } = place
  if (!context.explicit && typed === '' && of !== 'values') return null
  const asked = { ...range, language, of, label, selector, prefix: typed }
  const abort = new AbortController()
  context.addEventListener('abort', () => abort.abort())
  const found = await askOnce(queryWords, asked, abort.signal).catch(() => undefined)
  if (context.aborted) return null
  const names = (found?.word ?? []).slice(0, shown_max).map(
    (text, at): Completion => ({
      label: text,
      detail: found?.detail[at] ?? '',
      boost: 1,
      apply: of === 'values' ? text.replace(/[\\"]/g, '\\$&') : text,
    }),
  )
  const own = of === 'values' ? [] : words[language].split(' ').map((one) => ({ label: one }))
  return { from, options: [...names, ...own], filter: true }
}
