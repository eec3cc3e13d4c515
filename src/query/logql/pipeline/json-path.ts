/** Paths into JSON as the json parser takes them: `servers[0]`, `request.headers["User-Agent"]`. */
import { QueryError } from '../../series.ts'

export type JsonPath = readonly (string | number)[]

const step = /\.?([a-zA-Z_][\w-]*)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]/y

export function readJsonPath(text: string): JsonPath {
  const path: (string | number)[] = []
  step.lastIndex = 0
  const clean = text.trim()
  while (step.lastIndex < clean.length) {
    const at = step.lastIndex
    const found = step.exec(clean)
    const isDotted = clean[at] === '.'
    if (found === null || (path.length === 0 ? isDotted : found[1] !== undefined && !isDotted)) {
      throw new QueryError('bad_data', `cannot parse expression [${text}]: syntax error`)
    }
    if (found[2] !== undefined) path.push(Number(found[2]))
    else path.push(found[1] ?? found[3]!.replace(/\\(.)/g, '$1'))
  }
  if (path.length === 0) {
    throw new QueryError('bad_data', `cannot parse expression [${text}]: empty expression`)
  }
  return path
}
