/** Whether printing and parsing come back to the same: text, and tree but for its places. */
import { Fault } from '../../src/model/faults.ts'
import { EsqlError } from '../../src/query/esql/esql-error.ts'
import { QueryError } from '../../src/query/series.ts'
import type { Syntax } from './ask.ts'

const isTold = (error: unknown) =>
  error instanceof QueryError || error instanceof EsqlError || error instanceof Fault

/** What is about the text and not about its meaning. */
const ofText = new Set(['from', 'to', 'at', 'text', 'value_from'])

function meaning(tree: unknown): string {
  return JSON.stringify(tree, (name, value) => {
    if (ofText.has(name) && (typeof value === 'number' || typeof value === 'string'))
      return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
    return value
  })
}

/** Undefined when all is well, or the text is none of the language. */
export function fixpointFault({ parse, print }: Syntax, query: string): string | undefined {
  let tree: unknown
  try {
    tree = parse(query)
  } catch (error) {
    return isTold(error) ? undefined : `parsing threw ${(error as Error).stack}`
  }
  let once = ''
  try {
    once = print(tree as never)
    const again = parse(once)
    const twice = print(again as never)
    if (twice !== once) return `printed ${once}\n    and then ${twice}`
    const [first, second] = [meaning(tree), meaning(again)]
    if (first === second) return undefined
    return `printed ${once}\n    means another tree: ${first}\n    and ${second}`
  } catch (error) {
    return `printed ${once}\n    and that throws ${error}`
  }
}

/** The query as the language prints it; undefined when it cannot be read. */
export function printed({ parse, print }: Syntax, query: string): string | undefined {
  try {
    return print(parse(query) as never)
  } catch {
    return undefined
  }
}
