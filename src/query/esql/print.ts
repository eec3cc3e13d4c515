/** A tree as ES|QL text: one command a line, brackets only where they are needed. */
import type { Command, EsqlQuery, Expression, Named, Pattern, SortKey } from './tree.ts'

export function printEsql({ commands }: EsqlQuery): string {
  return commands.map((one, at) => (at === 0 ? '' : '| ') + printCommand(one)).join('\n')
}

function printCommand(command: Command): string {
  switch (command.tag) {
    case 'from': {
      const names = command.indices.split(',').map(indexText).join(', ')
      const more = command.metadata.map(nameText).join(', ')
      return more === '' ? `FROM ${names}` : `FROM ${names} METADATA ${more}`
    }
    case 'row':
      return `ROW ${command.fields.map(namedText).join(', ')}`
    case 'where':
      return `WHERE ${print(command.condition, 0)}`
    case 'eval':
      return `EVAL ${command.fields.map(namedText).join(', ')}`
    case 'stats': {
      const results = command.results.map(namedText).join(', ')
      const by = command.by.map(namedText).join(', ')
      const words = ['STATS', results, by === '' ? '' : `BY ${by}`]
      return words.filter((one) => one !== '').join(' ')
    }
    case 'sort':
      return `SORT ${command.keys.map(keyText).join(', ')}`
    case 'limit':
      return `LIMIT ${command.count}`
    case 'keep':
    case 'drop':
      return (
        `${command.tag.toUpperCase()} ` +
        `${command.patterns.map(({ name }) => patternText(name)).join(', ')}`
      )
    case 'rename':
      return `RENAME ${command.pairs.map(pairText).join(', ')}`
    case 'dissect': {
      const more = command.separator === '' ? '' : ` APPEND_SEPARATOR=${quoted(command.separator)}`
      return `DISSECT ${print(command.input, 0)} ${quoted(command.pattern)}${more}`
    }
    case 'grok':
      return `GROK ${print(command.input, 0)} ${quoted(command.pattern)}`
    case 'mv_expand':
      return `MV_EXPAND ${nameText(command.column.name)}`
  }
}

function pairText({ from, to }: { from: Pattern; to: string }): string {
  return `${nameText(from.name)} AS ${nameText(to)}`
}

/** What has no name of its own is called as it was written: other words were another name. */
function namedText({ name, value, filter, isNamed }: Named): string {
  const text = isNamed || value.tag === 'column' ? print(value, 0) : name
  const head = isNamed ? `${nameText(name)} = ${text}` : text
  return filter === undefined ? head : `${head} WHERE ${print(filter, 0)}`
}

function keyText({ value, isDescending, nulls }: SortKey): string {
  const way = isDescending ? ' DESC' : ''
  return `${print(value, 0)}${way}${nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`}`
}

const plainName = /^[A-Za-z_@][\w@]*$/
const reserved = new Set([
  ...['and', 'or', 'not', 'in', 'is', 'like', 'rlike', 'null', 'true', 'false', 'by', 'where'],
  ...['asc', 'desc', 'nulls', 'first', 'last', 'as', 'metadata'],
])

/** A star in backquotes is a star. */
export function nameText(name: string): string {
  const parts = name.split('.')
  const isPlain = parts.every((one) => plainName.test(one) && !reserved.has(one.toLowerCase()))
  return isPlain ? name : `\`${name.replaceAll('`', '``')}\``
}

function patternText(name: string): string {
  const isPlain = name.split('.').every((one) => /^[A-Za-z_@*][\w@*]*$/.test(one))
  return isPlain && !reserved.has(name.toLowerCase()) ? name : `\`${name.replaceAll('`', '``')}\``
}

function indexText(name: string): string {
  return /^[A-Za-z_@*.][\w@*.:-]*$/.test(name) ? name : quoted(name)
}

function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
  return `"${escaped}"`
}

const bindings: Readonly<Record<string, number>> = {
  ...{ or: 1, and: 2, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 },
}
const bindingOf = (operator: string) => bindings[operator] ?? 4

/** With brackets when it binds weaker than what is around it. */
function print(value: Expression, around: number): string {
  const [text, binding] = printed(value)
  return binding < around ? `(${text})` : text
}

const words = new Set(['or', 'and', 'like', 'rlike'])

function printed(value: Expression): readonly [string, number] {
  switch (value.tag) {
    case 'literal':
      return literal(value)
    case 'column':
      return [nameText(value.name), 9]
    case 'param':
      return [`?${value.name}`, 9]
    case 'list':
      return [`[${value.items.map((one) => print(one, 0)).join(', ')}]`, 9]
    case 'call': {
      const args = value.isStar ? '*' : value.args.map((one) => print(one, 0)).join(', ')
      return [`${value.name.toUpperCase()}(${args})`, 9]
    }
    case 'binary': {
      const { operator, left, right } = value
      const own = bindingOf(operator)
      const name = words.has(operator) ? operator.toUpperCase() : operator
      const inRow = operator.endsWith('like') && right.tag === 'list'
      const after = inRow
        ? `(${right.items.map((one) => print(one, 0)).join(', ')})`
        : print(right, own + 1)
      return [`${print(left, own === 4 ? 5 : own)} ${name} ${after}`, own]
    }
    case 'not':
      return [`NOT ${print(value.inner, 3)}`, 3]
    case 'negative':
      return [`-${print(value.inner, 7)}`, 7]
    case 'in': {
      const items = value.items.map((one) => print(one, 0)).join(', ')
      return [`${print(value.value, 5)} ${value.isNot ? 'NOT ' : ''}IN (${items})`, 4]
    }
    case 'null':
      return [`${print(value.value, 5)} IS ${value.isNot ? 'NOT ' : ''}NULL`, 4]
    case 'cast':
      return [`${print(value.value, 8)}::${value.type}`, 8]
  }
}

function literal(value: Extract<Expression, { tag: 'literal' }>): readonly [string, number] {
  if (typeof value.value === 'string') return [quoted(value.value), 9]
  if (typeof value.value !== 'number') return [String(value.value), 9]
  const number = value.value
  let text = String(number)
  if (value.isDouble && /^-?\d+$/.test(text)) text += '.0'
  if (value.unit !== undefined) text += ` ${value.unit}`
  return [text, number < 0 || Object.is(number, -0) ? 7 : 9]
}
