/** Random PromQL by its grammar: valid in syntax and mostly in types, for property tests. */

/** From 0 up to 1, as a seeded generator gives. */
export type Random = () => number

const metrics = ['m', 'n', 'c_total', 'h']
const labels = ['a', 'b']
const aggregators = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar']
const chosen = ['topk', 'bottomk', 'limitk', 'quantile']
const plain = `abs ceil floor exp sqrt ln log2 log10 sgn sort sort_desc timestamp histogram_count
histogram_sum minute day_of_week absent`.split(/\s+/)
const ranged = `rate increase delta irate idelta deriv changes resets avg_over_time sum_over_time
min_over_time max_over_time count_over_time last_over_time present_over_time stddev_over_time
first_over_time mad_over_time ts_of_max_over_time absent_over_time`.split(/\s+/)
const operators = ['+', '-', '*', '/', '%', '^', 'atan2']
const compared = ['==', '!=', '>', '<', '>=', '<=']
const durations = ['15s', '30s', '1m', '2m', '90s', '5m']

export class RandomPromql {
  private readonly random: Random

  constructor(random: Random) {
    this.random = random
  }

  private pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.random() * list.length)] as T
  }

  private chance(part: number): boolean {
    return this.random() < part
  }

  query(): string {
    return this.chance(0.15) ? this.scalar(3) : this.vector(4)
  }

  private matchers(): string {
    if (this.chance(0.5)) return ''
    const operator = this.pick(['=', '!=', '=~', '!~'])
    const value = this.pick(operator.endsWith('~') ? ['.+', 'x|y', '', 'x.*'] : ['x', 'y', ''])
    return `{${this.pick(labels)}${operator}"${value}"}`
  }

  private shift(): string {
    const offset = this.chance(0.2) ? ` offset ${this.pick(['', '-'])}${this.pick(durations)}` : ''
    const at = this.chance(0.15) ? ` @ ${this.pick(['start()', 'end()', '120', '300.5'])}` : ''
    return this.chance(0.5) ? offset + at : at + offset
  }

  private selector(): string {
    return this.pick(metrics) + this.matchers()
  }

  private range(depth: number): string {
    if (depth > 1 && this.chance(0.25)) {
      const inner = this.parenthesised(depth - 1)
      const step = this.pick(['', '15s', '30s', '1m'])
      return `${inner}[${this.pick(durations)}:${step}]${this.shift()}`
    }
    return `${this.selector()}[${this.pick(durations)}]${this.shift()}`
  }

  private parenthesised(depth: number): string {
    return `(${this.vector(depth)})`
  }

  private grouping(): string {
    if (this.chance(0.3)) return ''
    const list = labels.filter(() => this.chance(0.5)).join(', ')
    return ` ${this.pick(['by', 'without'])} (${list}) `
  }

  scalar(depth: number): string {
    if (depth <= 0 || this.chance(0.5)) {
      return this.pick(['0', '1', '2.5', '-3', '1e3', 'Inf', 'NaN', '5m', 'time()', 'pi()', '0x10'])
    }
    if (this.chance(0.3)) return `scalar(${this.vector(depth - 1)})`
    if (this.chance(0.2)) return `-(${this.scalar(depth - 1)})`
    const [left, right] = [this.scalar(depth - 1), this.scalar(depth - 1)]
    if (this.chance(0.3)) return `(${left} ${this.pick(compared)} bool ${right})`
    return `(${left} ${this.pick(operators)} ${right})`
  }

  vector(depth: number): string {
    const kind = Math.floor(this.random() * (depth <= 0 ? 2 : 12))
    switch (kind) {
      case 0:
      case 1:
        return `${this.selector()}${this.shift()}`
      case 2:
        return `${this.pick(ranged)}(${this.range(depth)})`
      case 3:
        return `${this.pick(aggregators)}${this.grouping()}(${this.vector(depth - 1)})`
      case 4: {
        const k = this.pick(['1', '2', '0', '0.5', '100'])
        return `${this.pick(chosen)}${this.grouping()}(${k}, ${this.vector(depth - 1)})`
      }
      case 5:
        return `${this.pick(plain)}(${this.vector(depth - 1)})`
      case 6: {
        const operator = this.pick(this.chance(0.5) ? operators : compared)
        const isBool = compared.includes(operator) && this.chance(0.3) ? ' bool' : ''
        const sides = [this.vector(depth - 1), this.scalar(depth - 2)]
        if (this.chance(0.5)) sides.reverse()
        return `(${sides[0]} ${operator}${isBool} ${sides[1]})`
      }
      case 7:
        return this.joined(depth)
      case 8: {
        const on = this.chance(0.5) ? ` ${this.pick(['on', 'ignoring'])} (a)` : ''
        const operator = this.pick(['and', 'or', 'unless'])
        return `${this.parenthesised(depth - 1)} ${operator}${on} ${this.parenthesised(depth - 1)}`
      }
      case 9:
        return `-${this.parenthesised(depth - 1)}`
      case 10:
        return `clamp(${this.vector(depth - 1)}, ${this.scalar(0)}, ${this.scalar(0)})`
      default:
        return `quantile_over_time(${this.scalar(1)}, ${this.range(depth)})`
    }
  }

  private joined(depth: number): string {
    const operator = this.pick(operators)
    const matching = this.pick(['', ' on (a, b)', ' ignoring (b)', ' on (a) group_left ()'])
    const left = this.parenthesised(depth - 1)
    return `${left} ${operator}${matching} ${this.parenthesised(depth - 1)}`
  }
}

/** Mulberry32: enough for tests, and the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
