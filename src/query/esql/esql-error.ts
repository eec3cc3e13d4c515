/** Errors of ES|QL in its own words: what cannot be read, and what makes no sense of what was. */
import { ElasticRefusal } from '../elastic/refusal.ts'
import type { Span } from './tree.ts'

/** Line and column, both from one, as people count them. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  const line = before.split('\n').length
  return { line, column: at - before.lastIndexOf('\n') }
}

export class EsqlError extends ElasticRefusal {
  /** Where in the text. */
  readonly span: Span

  constructor(
    type: 'parsing_exception' | 'verification_exception',
    text: string,
    span: Span,
    what: string,
  ) {
    const { line, column } = placeOf(text, span.from)
    const told = `line ${line}:${column}: ${what}`
    super(type, type === 'parsing_exception' ? told : `Found 1 problem\n${told}`, 400, {}, span)
    this.span = span
  }
}
