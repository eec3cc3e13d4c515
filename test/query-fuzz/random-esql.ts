/**
 * Random ES|QL by its grammar. It keeps account of which columns there are, so that most queries
 * make sense, and narrows them early: every column of every document costs the engine seconds.
 */
import type { Dice } from './dice.ts'
import { keywords, numbers, text } from './elastic-asks.ts'
import { allMarks } from './places.ts'

const shared = [
  ...['service.name', 'kubernetes.namespace', 'kubernetes.pod.name', 'orchestrator.cluster.name'],
  ...['customer', 'http.route', 'host.name', 'service.version', 'x', 'trace.id', 'log.logger'],
]
const sources: readonly [index: string, texts: readonly string[], numbers: readonly string[]][] = [
  ['logs-generic-default', [...shared, 'log.level', 'app', 'message'], ['code.line', 'bytes']],
  ['logs-*', [...shared, 'log.level', 'app', 'message', 'client'], ['code.line', 'bytes']],
  ['traces-*', [...shared, 'span.name', 'event.outcome'], ['n', 'event.duration']],
  ['*', keywords.filter((name) => !name.startsWith('_')), numbers.slice(0, -1)],
  ['logs-*,traces-*', [...shared, 'message', 'span.name'], ['n', 'bytes', 'code.line']],
]

const quoted = (words: string) => JSON.stringify(words)

export class RandomEsql {
  readonly #dice: Dice
  #texts: string[] = []
  #numbers: string[] = []
  #hasTime = true
  #isNarrow = false

  constructor(dice: Dice) {
    this.#dice = dice
  }

  query(rows: number | undefined): string {
    const dice = this.#dice
    const [index, texts, figures] = dice.pick(sources)
    this.#texts = [...texts]
    this.#numbers = [...figures]
    const first = `FROM ${index}${dice.chance(0.15) ? ' METADATA _id, _index' : ''}`
    const commands = Array.from({ length: dice.whole(4) }, () => this.#command())
    if (!this.#isNarrow && dice.chance(0.99)) commands.push(this.#narrowed())
    if (rows !== undefined) commands.push(`LIMIT ${rows}`)
    return [first, ...commands].join(' | ')
  }

  /** Now and then one that is not there. */
  #text(): string {
    if (this.#dice.chance(0.02)) return `own.${this.#dice.pick(allMarks)}`
    return this.#texts.length === 0 ? quoted('none') : this.#dice.pick(this.#texts)
  }

  #figure(): string {
    return this.#dice.pick([...this.#numbers, ...this.#numbers, '1', '2.5', '-3', '100'])
  }

  #string(depth: number): string {
    const dice = this.#dice
    if (depth <= 0 || dice.chance(0.5)) {
      return dice.chance(0.85) ? this.#text() : quoted(text(dice))
    }
    const inner = this.#string(depth - 1)
    return dice.pick([
      ...[`to_lower(${inner})`, `to_upper(${inner})`, `concat(${inner}, "-", ${this.#string(0)})`],
      ...[`substring(${inner}, 1, 4)`, `coalesce(${inner}, "none")`, `trim(${inner})`],
      ...[`left(${inner}, 3)`, `replace(${inner}, "zq", "Q")`, `to_string(${this.#number(0)})`],
      ...[`case(${this.#truth(0)}, ${inner}, "other")`, `mv_concat(${inner}, ",")`],
    ])
  }

  #number(depth: number): string {
    const dice = this.#dice
    if (depth <= 0 || dice.chance(0.5)) return this.#figure()
    const inner = this.#number(depth - 1)
    return dice.pick([
      ...[`(${inner} ${dice.pick(['+', '-', '*', '/', '%'])} ${this.#number(0)})`, `abs(${inner})`],
      ...[`length(${this.#string(0)})`, `round(${inner}, 1)`, `floor(${inner})`, `-${inner}`],
      ...[`coalesce(${inner}, 0)`, `to_long(${inner})`, `to_double(${inner})`],
      ...(this.#hasTime ? ['date_diff("minutes", @timestamp, now())'] : []),
    ])
  }

  #truth(depth: number): string {
    const dice = this.#dice
    if (depth > 0 && dice.chance(0.4)) {
      const [left, right] = [this.#truth(depth - 1), this.#truth(depth - 1)]
      if (dice.chance(0.25)) return `NOT (${left})`
      return `(${left} ${dice.pick(['AND', 'OR'])} ${right})`
    }
    const one = this.#string(1)
    const value = quoted(text(dice))
    return dice.pick([
      ...[`${one} ${dice.pick(['==', '!=', '<', '>='])} ${value}`, `${one} LIKE "*zq*"`],
      ...[`${one} RLIKE "zq.*|cart"`, `${one} IS NOT NULL`, `${one} IN ("cart", ${value})`],
      ...[`starts_with(${one}, "zq")`, `${this.#number(1)} ${dice.pick(['>', '<=', '=='])} 2`],
      ...[`${this.#number(0)} IS NULL`, `ends_with(${one}, "qz")`],
      ...(this.#hasTime ? ['@timestamp > now() - 15 minutes'] : []),
    ])
  }

  #aggregate(): string {
    const dice = this.#dice
    const field = this.#number(1)
    const made = dice.pick([
      ...['count(*)', `sum(${field})`, `avg(${field})`, `min(${field})`, `max(${field})`],
      ...[`count(${this.#text()})`, `count_distinct(${this.#text()})`, `median(${field})`],
      ...[`percentile(${field}, 90)`, `values(${this.#text()})`, `max(${this.#text()})`],
    ])
    return dice.chance(0.15) ? `${made} WHERE ${this.#truth(0)}` : made
  }

  #stats(): string {
    const dice = this.#dice
    const keys = [this.#text(), this.#text(), this.#string(1)]
    if (this.#hasTime) keys.push('bucket(@timestamp, 5 minutes)')
    const grouped = dice.chance(0.75)
    const more = dice.chance(0.4) ? `, b = ${this.#aggregate()}` : ''
    const by = grouped ? ` BY g = ${dice.pick(keys)}` : ''
    const made = `STATS a = ${this.#aggregate()}${more}${by}`
    this.#isNarrow = true
    this.#hasTime = false
    this.#texts = grouped ? ['g'] : []
    this.#numbers = ['a']
    return made
  }

  #narrowed(): string {
    if (this.#dice.chance(0.5)) return this.#stats()
    const texts = this.#dice.some(this.#texts, 3)
    const figures = this.#dice.some(this.#numbers, 2)
    const time = this.#hasTime ? ['@timestamp'] : []
    const kept = [...time, ...texts, ...figures]
    if (kept.length === 0) return this.#stats()
    this.#isNarrow = true
    this.#texts = texts
    this.#numbers = figures
    return `KEEP ${kept.join(', ')}${this.#dice.chance(0.05) ? ', own.*' : ''}`
  }

  #command(): string {
    const dice = this.#dice
    const kind = dice.whole(12)
    if (kind < 3) return `WHERE ${this.#truth(2)}`
    if (kind < 5) {
      const isText = dice.chance(0.5)
      const made = `EVAL ${isText ? 'e' : 'f'} = ${isText ? this.#string(2) : this.#number(2)}`
      if (isText) this.#texts.push('e')
      else this.#numbers.push('f')
      return made
    }
    if (kind < 7) return this.#stats()
    if (kind < 9) return this.#narrowed()
    const name = this.#texts.length === 0 ? undefined : dice.pick(this.#texts)
    if (name === undefined) return 'SORT a'
    if (kind === 9) {
      this.#texts = this.#texts.map((one) => (one === name ? 'renamed' : one))
      return `RENAME ${name} AS renamed`
    }
    if (kind === 10) return this.#taken(name)
    return dice.pick([
      ...[
        `SORT ${name} DESC NULLS LAST`,
        `MV_EXPAND ${name}`,
        `SORT ${name}, ${this.#text()} DESC`,
      ],
      `SORT ${this.#figure()} ASC NULLS FIRST`,
    ])
  }

  #taken(name: string): string {
    this.#texts.push('first', 'rest')
    return this.#dice.chance(0.5)
      ? `DISSECT ${name} "%{first}-%{rest}"`
      : `GROK ${name} "%{WORD:first}%{GREEDYDATA:rest}"`
  }
}
