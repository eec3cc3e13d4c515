/** What a script can be told: a problem of its text, with the place, and a failure of its run. */

export type PainlessProblem = { message: string; line: number; column: number; offset: number }

/** The text is refused when it is compiled. Lines and columns count from 1. */
export class PainlessError extends Error {
  readonly problem: PainlessProblem
  constructor(source: string, offset: number, message: string) {
    super(message)
    this.name = 'PainlessError'
    const before = source.slice(0, offset)
    const line = before.split('\n').length
    this.problem = { message, line, column: offset - before.lastIndexOf('\n'), offset }
  }
}

/** The run has failed; `type` is the word Elasticsearch has for it. */
export class PainlessFailure extends Error {
  readonly type: string
  /** A limit of ours and not an exception of the script: no `catch` of a script holds it. */
  readonly final: boolean
  constructor(type: string, message: string, final = false) {
    super(message)
    this.name = 'PainlessFailure'
    this.type = type
    this.final = final
  }
}

export function failNull(what: string): never {
  throw new PainlessFailure('null_pointer_exception', `cannot access ${what} from a null reference`)
}

export function failCast(message: string): never {
  throw new PainlessFailure('class_cast_exception', message)
}

export function failArgument(message: string): never {
  throw new PainlessFailure('illegal_argument_exception', message)
}
