/** Reads filters on labels: comparisons joined by `and`, `or`, commas and blanks. */
import type { CompareOperator, LabelFilter } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { checkRegex, parseIp } from './parse-log.ts'

const operators = ['=', '=~', '!=', '!~', '==', '>', '>=', '<', '<=']

export function startsLabelFilter(cursor: Cursor): boolean {
  return cursor.is('IDENTIFIER', '(')
}

/** `or` binds less than `and`, which is also a comma or nothing at all. */
export function parseLabelFilter(cursor: Cursor): LabelFilter {
  return cursor.deeper(() => {
    let left = parseAll(cursor)
    while (cursor.takes('or')) left = { kind: 'or', left, right: parseAll(cursor) }
    return left
  })
}

function parseAll(cursor: Cursor): LabelFilter {
  let left = parseOne(cursor)
  for (;;) {
    if (!cursor.takes('and') && !cursor.takes(',') && !startsLabelFilter(cursor)) return left
    left = { kind: 'and', left, right: parseOne(cursor) }
  }
}

function parseOne(cursor: Cursor): LabelFilter {
  if (cursor.takes('(')) {
    const inner = parseLabelFilter(cursor)
    cursor.expect(')')
    return inner
  }
  const { text: name } = cursor.expect('IDENTIFIER')
  const { kind: operator } = cursor.expect(...operators)
  return parseValue(cursor, name, operator)
}

function parseValue(cursor: Cursor, name: string, operator: string): LabelFilter {
  switch (operator) {
    case '=~':
    case '!~': {
      const token = cursor.expect('STRING')
      checkRegex(cursor, token)
      return { kind: 'text', name, operator, value: token.text }
    }
    case '=':
    case '!=':
      if (cursor.is('STRING')) return { kind: 'text', name, operator, value: cursor.take().text }
      if (cursor.is('ip')) return { kind: 'ip', name, operator, value: parseIp(cursor) }
  }
  const compare = (operator === '=' ? '==' : operator) as CompareOperator
  const sign = cursor.is('-', '+') ? cursor.take().kind : ''
  const token = cursor.expect('NUMBER', 'DURATION', 'BYTES')
  const value = sign === '-' ? -token.value : token.value
  if (token.kind === 'DURATION') return { kind: 'duration', name, operator: compare, value }
  if (token.kind === 'BYTES') return { kind: 'bytes', name, operator: compare, value }
  return { kind: 'number', name, operator: compare, value }
}
