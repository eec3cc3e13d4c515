/** What the editor knows of PromQL: its words, brackets and colours. Completion asks the server. */
import { LRLanguage } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { styleTags, tags } from '@lezer/highlight'
import { parser } from '@prometheus-io/lezer-promql'

const colored = parser.configure({
  props: [
    styleTags({
      LineComment: tags.comment,
      LabelName: tags.propertyName,
      StringLiteral: tags.string,
      'NumberDurationLiteral NumberDurationLiteralInDurationContext': tags.number,
      Identifier: tags.variableName,
      'Abs Rate Irate Increase HistogramQuantile Sum Avg Min Max Count Topk': tags.keyword,
      'By Without On Ignoring GroupLeft GroupRight Bool Offset And Or Unless': tags.keyword,
    }),
  ],
})

export const promqlLanguage: readonly Extension[] = [
  LRLanguage.define({ name: 'promql', parser: colored }),
]
