/** What every function takes and gives. How it is computed is in the files functions-*.ts. */
import type { ValueType } from '../ast.ts'

export type Signature = {
  args: readonly ValueType[]
  /** How often the last argument may be left out or repeated; -1 for any number of times. */
  variadic: number
  returns: ValueType
  isExperimental: boolean
}

const words: Readonly<Record<string, ValueType>> = {
  v: 'vector',
  m: 'matrix',
  s: 'scalar',
  t: 'string',
}

/** `vss>v` is (vector, scalar, scalar) to vector; `?` makes the last one optional, `*` repeats. */
function signature(text: string, isExperimental = false): Signature {
  const [args = '', returns = 'v'] = text.split('>')
  const variadic = args.endsWith('?') ? 1 : args.endsWith('*') ? -1 : 0
  return {
    args: [...args.replace(/[?*]/, '')].map((letter) => words[letter] as ValueType),
    variadic,
    returns: words[returns] as ValueType,
    isExperimental,
  }
}

function named(names: string, text: string, isExperimental = false): [string, Signature][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, signature(text, isExperimental)])
}

export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...named('abs ceil floor exp sqrt ln log2 log10 sgn deg rad', 'v>v'),
  ...named('sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh', 'v>v'),
  ...named('absent sort sort_desc timestamp', 'v>v'),
  ...named('histogram_avg histogram_count histogram_sum histogram_stddev histogram_stdvar', 'v>v'),
  ...named('year month day_of_month day_of_week day_of_year days_in_month hour minute', 'v?>v'),
  ...named('rate increase delta irate idelta deriv changes resets', 'm>v'),
  ...named('avg_over_time sum_over_time min_over_time max_over_time count_over_time', 'm>v'),
  ...named('last_over_time present_over_time absent_over_time', 'm>v'),
  ...named('stddev_over_time stdvar_over_time', 'm>v'),
  ...named('first_over_time mad_over_time', 'm>v', true),
  ...named('ts_of_first_over_time ts_of_last_over_time', 'm>v', true),
  ...named('ts_of_max_over_time ts_of_min_over_time', 'm>v', true),
  ...named('quantile_over_time', 'sm>v'),
  ...named('predict_linear', 'ms>v'),
  ...named('double_exponential_smoothing', 'mss>v', true),
  ...named('clamp', 'vss>v'),
  ...named('clamp_min clamp_max', 'vs>v'),
  ...named('round', 'vs?>v'),
  ...named('histogram_quantile', 'sv>v'),
  ...named('histogram_fraction', 'ssv>v'),
  ...named('histogram_quantiles', 'vts*>v', true),
  ...named('label_replace', 'vtttt>v'),
  ...named('label_join', 'vttt*>v'),
  ...named('sort_by_label sort_by_label_desc', 'vt*>v', true),
  ...named('info', 'vv?>v', true),
  ...named('start_timestamp', 'v>v', true),
  ...named('scalar', 'v>s'),
  ...named('vector', 's>v'),
  ...named('time pi', '>s'),
  ...named('start end step range', '>s', true),
  ...named('min_of max_of', 'ss>s', true),
])

/** Functions whose result depends on the time of evaluation whatever their arguments are. */
export const timeDependent: ReadonlySet<string> = new Set(
  `days_in_month day_of_month day_of_week day_of_year hour minute month year predict_linear time
  timestamp start_timestamp`.split(/\s+/),
)
