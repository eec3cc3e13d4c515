/**
 * Splits a Helm template into text and actions, trimming as `{{-` and `-}}` ask, and an action into
 * its words. Source: Go's text/template. What actions mean is in parse.ts and evaluate.ts.
 */

export type Piece = { tag: 'text'; text: string } | { tag: 'action'; words: Word[]; line: number }

export type Word =
  | { tag: 'string'; value: string }
  | { tag: 'number'; value: number }
  /** `.Values.image.tag`, or `.` alone: no steps. */
  | { tag: 'field'; steps: string[] }
  /** `$name.step`; `$` alone is the root. */
  | { tag: 'variable'; name: string; steps: string[] }
  | { tag: 'name'; name: string }
  | { tag: 'sign'; sign: '(' | ')' | '|' | ':=' | '=' | ',' }
  /** `.step` right after a parenthesis. */
  | { tag: 'step'; steps: string[] }

const action = /\{\{(-?)\s*((?:\/\*[\s\S]*?\*\/)|(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)\s*(-?)\}\}/g

export function pieces(template: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  let trimsNext = false
  const text = (end: number, trimsEnd: boolean) => {
    let value = template.slice(at, end)
    if (trimsNext) value = value.trimStart()
    if (trimsEnd) value = value.trimEnd()
    if (value !== '') found.push({ tag: 'text', text: value })
  }
  for (const match of template.matchAll(action)) {
    text(match.index, match[1] === '-')
    const line = template.slice(0, match.index).split('\n').length
    const inner = match[2] ?? ''
    if (!inner.startsWith('/*')) found.push({ tag: 'action', words: words(inner), line })
    at = match.index + match[0].length
    trimsNext = match[3] === '-'
  }
  text(template.length, false)
  return found
}

const word = new RegExp(
  [
    /("(?:\\.|[^"\\])*")/,
    /`([^`]*)`/,
    /(-?\d+(?:\.\d+)?)/,
    /(\$\w*)((?:\.\w+)*)/,
    /((?:\.\w+)+|\.)/,
    /(:=|[()|=,])/,
    /(\w+)/,
  ]
    .map(({ source }) => source)
    .join('|')
    .replace(/^.*$/, (all) => `\\s*(?:${all})`),
  'y',
)

export function words(text: string): Word[] {
  const found: Word[] = []
  word.lastIndex = 0
  while (word.lastIndex < text.trimEnd().length) {
    const from = word.lastIndex
    const match = word.exec(text)
    if (match === null) throw new Error(`Cannot read "${text.slice(from)}"`)
    const [, quoted, raw, number, variable, variableSteps, field, sign, name] = match
    if (quoted !== undefined) found.push({ tag: 'string', value: JSON.parse(quoted) as string })
    else if (raw !== undefined) found.push({ tag: 'string', value: raw })
    else if (number !== undefined) found.push({ tag: 'number', value: Number(number) })
    else if (variable !== undefined) {
      found.push({ tag: 'variable', name: variable, steps: stepsOf(variableSteps ?? '') })
    } else if (field !== undefined) {
      const isStep = text[from] !== ' ' && text[from - 1] === ')'
      found.push({ tag: isStep ? 'step' : 'field', steps: stepsOf(field) })
    } else if (sign !== undefined) found.push({ tag: 'sign', sign: sign as ')' })
    else found.push({ tag: 'name', name: name ?? '' })
  }
  return found
}

function stepsOf(text: string): string[] {
  return text.split('.').filter((step) => step !== '')
}
