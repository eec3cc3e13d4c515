/**
 * PromQL for the editor: Prometheus's own grammar and completion, fed with the names that arrived
 * here. What is right is the server's to say, so its linter stays off.
 */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'
import { type PrometheusClient, PromQLExtension } from '@prometheus-io/codemirror-promql'
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql'
import type { RangeAsk } from '../../../model/question.ts'
import { askOnce } from '../../../ui/ask/ask.ts'
import { type QueryWords, queryWords } from '../../explore/contract.ts'
import { selectorText, wordDetail } from './selector-text.ts'

type Asked = {
  of: 'metrics' | 'labels' | 'values'
  label?: string
  selector?: string
  prefix?: string
}
export type AskWords = (asked: Asked) => Promise<QueryWords>

/** `range` is read when something is asked: the editor is made once. */
export function promqlLanguage(range: () => RangeAsk): Extension {
  const ask: AskWords = (asked) => askOnce(queryWords, { ...range(), language: 'promql', ...asked })
  const language = new PromQLExtension()
  language.activateLinter(false).setComplete({ remote: namesClient(ask) })
  return [language.asExtension(), syntaxHighlighting(colours)]
}

const colours = HighlightStyle.define([
  { tag: tags.function(tags.variableName), color: 'var(--code-method)' },
  { tag: tags.labelName, color: 'var(--code-key)' },
  { tag: tags.logicOperator, color: 'var(--code-method)', fontWeight: '600' },
])

const operators: Readonly<Record<number, string>> = {
  [EqlSingle]: '=',
  [Neq]: '!=',
  [EqlRegex]: '=~',
  [NeqRegex]: '!~',
}

const prefix_characters_max = 256

/** Names in the shape that the completion wants them; a failed question offers nothing. */
export function namesClient(ask: AskWords): PrometheusClient {
  const words = (asked: Asked) =>
    ask(asked).catch((): QueryWords => ({ word: [], detail: [], capped: false }))
  let metrics = Promise.resolve<QueryWords>({ word: [], detail: [], capped: false })
  return {
    metricNames: async (prefix = '') => {
      metrics = words({ of: 'metrics', prefix: prefix.slice(0, prefix_characters_max) })
      return (await metrics).word
    },
    /** Of the names that were offered last: it is asked right after them. */
    metricMetadata: async () => {
      const { word, detail } = await metrics
      return Object.fromEntries(word.map((name, at) => [name, wordDetail(detail[at] ?? '')]))
    },
    labelNames: async (metric = '') =>
      (await words({ of: 'labels', selector: selectorText(metric, []) })).word,
    labelValues: async (label, metric = '', matchers = []) => {
      const others = matchers
        .filter(({ name, value }) => name !== label && value !== '')
        .map(({ type, name, value }) => ({ name, operator: operators[type] ?? '=', value }))
      return (await words({ of: 'values', label, selector: selectorText(metric, others) })).word
    },
    series: async () => [],
    flags: async () => ({}),
  }
}
