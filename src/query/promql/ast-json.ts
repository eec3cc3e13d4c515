/** A tree as the JSON that Prometheus's parse_query answers and its editor draws. */
import type { At, Expression } from './ast.ts'
import { formatFixed } from './go-text.ts'
import { typeOf } from './syntax/check-types.ts'
import { signatures } from './syntax/signatures.ts'

type Json = Record<string, unknown>

const cards = {
  'one-to-one': 'one-to-one',
  'many-to-one': 'many-to-one',
  'one-to-many': 'one-to-many',
  'many-to-many': 'many-to-many',
}

function when(at: At | undefined): Json {
  return {
    timestamp: at?.kind === 'time' ? at.ms : null,
    startOrEnd: at === undefined || at.kind === 'time' ? null : at.kind,
  }
}

export function toJson(node: Expression): Json {
  switch (node.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatFixed(node.value) }
    case 'string':
      return { type: 'stringLiteral', val: node.value }
    case 'parentheses':
      return { type: 'parenExpr', expr: toJson(node.expression) }
    case 'unary':
      return { type: 'unaryExpr', op: node.operator, expr: toJson(node.expression) }
    case 'selector':
    case 'range': {
      const selector = node.kind === 'range' ? node.selector : node
      return {
        type: node.kind === 'range' ? 'matrixSelector' : 'vectorSelector',
        name: selector.name,
        ...(node.kind === 'range' ? { range: node.range_ms } : {}),
        offset: selector.offset_ms,
        matchers: selector.matchers.map(({ name, operator, value }) => {
          return { name, type: operator, value }
        }),
        ...when(selector.at),
        anchored: selector.extension === 'anchored',
        smoothed: selector.extension === 'smoothed',
      }
    }
    case 'subquery':
      return {
        type: 'subquery',
        expr: toJson(node.expression),
        range: node.range_ms,
        offset: node.offset_ms,
        step: node.step_ms,
        ...when(node.at),
      }
    case 'call': {
      const signature = signatures.get(node.name)
      return {
        type: 'call',
        func: {
          name: node.name,
          argTypes: signature?.args ?? [],
          variadic: signature?.variadic ?? 0,
          returnType: signature?.returns ?? typeOf(node),
        },
        args: node.args.map(toJson),
      }
    }
    case 'aggregate':
      return {
        type: 'aggregation',
        op: node.operator,
        expr: toJson(node.expression),
        param: node.parameter === undefined ? null : toJson(node.parameter),
        grouping: node.grouping,
        without: node.isWithout,
      }
    case 'binary':
      return {
        type: 'binaryExpr',
        op: node.operator,
        lhs: toJson(node.left),
        rhs: toJson(node.right),
        matching: node.matching === undefined ? null : matchingJson(node.matching),
        bool: node.isBool,
      }
    case 'grid':
      return { type: 'placeholder', children: [] }
  }
}

function matchingJson(matching: NonNullable<Extract<Expression, { kind: 'binary' }>['matching']>) {
  return {
    card: cards[matching.cardinality],
    labels: matching.labels,
    on: matching.isOn,
    include: matching.include,
    fillValues: { lhs: matching.fillLeft ?? null, rhs: matching.fillRight ?? null },
  }
}
