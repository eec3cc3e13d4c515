/**
 * Unwrapped values as SQL. A text is a number for both sides, for neither, or only JavaScript can
 * tell.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { Conversion } from '../ast.ts'
import { isDigits } from '../store/filter-sql.ts'

export type Unwrapped = { value: Sql; unsure: Sql; isInvalid: Sql }

type Forms = {
  sure: string
  possible: string
  value: (text: Sql) => Sql
  /** What is sure at once, without the pattern. */
  plain?: (text: Sql) => Sql
}

const decimals = '(?:[0-9]+[.]?[0-9]*|[.][0-9]+)'

const float: Forms = {
  sure: `^[+-]?${decimals}(?:[eE][+-]?[0-9]{1,2})?$`,
  possible: '^[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|0[xX].*|(?i:inf|infinity|nan))$',
  value: (text) => sql`toFloat64OrZero(${text})`,
  plain: isDigits,
}

/** One piece is read here: `1m30s` is left to JavaScript. */
const duration: Forms = {
  sure: `^${decimals}(?:ns|us|µs|μs|ms|s|m|h)$`,
  possible: '^[+-]?(?:0|(?:[0-9.]+(?:ns|us|µs|μs|ms|s|m|h))+)$',
  value: (text) => sql`(trunc(toFloat64OrZero(extract(${text}, '^[0-9.]+')) *
    transform(extract(${text}, '[^0-9.]+$'), ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h'],
      [1., 1e3, 1e3, 1e3, 1e6, 1e9, 60e9, 3600e9], 0.)) / 1e9)`,
}

const bytes: Forms = {
  sure: `^${decimals} ?(?i:b|[kmgt]i?b?)?$`,
  possible: '^[0-9.,]*[ ]*[a-zA-Z]*$',
  value: (text) => sql`trunc(toFloat64OrZero(extract(${text}, '^[0-9.]+')) *
    transform(lower(extract(${text}, '[a-zA-Z]*$')),
      ['', 'b', 'k', 'kb', 'ki', 'kib', 'm', 'mb', 'mi', 'mib', 'g', 'gb', 'gi', 'gib',
        't', 'tb', 'ti', 'tib'],
      [1., 1., 1e3, 1e3, 1024., 1024., 1e6, 1e6, 1048576., 1048576., 1e9, 1e9, 1073741824.,
        1073741824., 1e12, 1e12, 1099511627776., 1099511627776.], 0.))`,
}

const forms: Record<Conversion, Forms> = {
  '': float,
  duration,
  duration_seconds: duration,
  bytes,
}

export function unwrapped(conversion: Conversion, text: Sql): Unwrapped {
  const { sure, possible, value, plain } = forms[conversion]
  const fits = sql`match(${text}, ${sure})`
  const isSure = plain === undefined ? fits : sql`(${plain(text)} OR ${fits})`
  const isPossible = sql`match(${text}, ${possible})`
  return {
    value: value(text),
    unsure: sql`(${text} != '' AND NOT ${isSure} AND ${isPossible})`,
    isInvalid: sql`(${text} != '' AND NOT ${isSure} AND NOT ${isPossible})`,
  }
}
