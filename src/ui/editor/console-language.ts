/**
 * The language of the console for the editor: requests (`PUT _ingest/pipeline/x`), JSON with
 * comments and texts in triple quotes. Colours, indents and folds; what a request is, is not here.
 */
import {
  foldService,
  LanguageSupport,
  matchBrackets,
  StreamLanguage,
  type StringStream,
} from '@codemirror/language'

type Reading = {
  isTriple: boolean
  /** After a method, until the end of the line. */
  isAddress: boolean
  depth: number
}

const method = /^(GET|POST|PUT|DELETE|HEAD|PATCH)(?=\s|$)/i

function token(stream: StringStream, state: Reading): string | null {
  if (state.isTriple) {
    while (!stream.eol()) {
      if (stream.match('"""')) {
        state.isTriple = false
        break
      }
      stream.next()
    }
    return 'string'
  }
  if (stream.sol()) {
    state.isAddress = false
    if (stream.match(method)) {
      state.isAddress = true
      state.depth = 0
      return 'keyword'
    }
  }
  if (stream.eatSpace()) return null
  if (state.isAddress) {
    stream.match(/^\S+/)
    return 'url'
  }
  if (stream.match(/^(#|\/\/)/)) {
    stream.skipToEnd()
    return 'comment'
  }
  if (stream.match('"""')) {
    state.isTriple = true
    return 'string'
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"(?=\s*:)/)) return 'propertyName'
  if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string'
  if (stream.match(/^-?\d[\d.eE+-]*/)) return 'number'
  if (stream.match(/^(true|false|null)\b/)) return 'atom'
  const char = stream.next()
  if (char === '{' || char === '[') state.depth++
  else if (char === '}' || char === ']') state.depth = Math.max(0, state.depth - 1)
  else if (char !== ',' && char !== ':') return 'invalid'
  return 'bracket'
}

const language = StreamLanguage.define<Reading>({
  name: 'console',
  startState: () => ({ isTriple: false, isAddress: false, depth: 0 }),
  copyState: (state) => ({ ...state }),
  token,
  indent(state, textAfter, { unit }) {
    if (state.isTriple) return null
    if (method.test(textAfter)) return 0
    const closes = /^[}\]]/.test(textAfter) ? 1 : 0
    return Math.max(0, state.depth - closes) * unit
  },
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['{', '[', '"'] },
    indentOnInput: /^\s*[}\]]$/,
  },
})

/** From a bracket at the end of a line to the one that closes it. */
const folds = foldService.of((state, _from, line_to) => {
  if (!/[{[]/.test(state.sliceDoc(line_to - 1, line_to))) return null
  const match = matchBrackets(state, line_to - 1, 1)
  const close = match?.end?.from
  if (match?.matched !== true || close === undefined) return null
  return close > line_to ? { from: line_to, to: close } : null
})

export const consoleLanguage = new LanguageSupport(language, folds)
