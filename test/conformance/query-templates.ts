/**
 * Query templates in the shape of Prometheus's compliance suite: each name in braces stands for
 * every one of its values. A table of data.
 */

const values: Readonly<Record<string, readonly string[]>> = {
  range: ['1s', '15s', '1m', '5m', '15m'],
  offset: ['1m', '5m', '10m'],
  quantile: ['-0.5', '0.1', '0.5', '0.75', '0.95', '0.90', '0.99', '1', '1.5'],
  math: ['abs', 'ceil', 'floor', 'exp', 'sqrt', 'ln', 'log2', 'log10', 'round'],
  trigonometry: ['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh'],
  date: [
    'day_of_month',
    'day_of_week',
    'day_of_year',
    'days_in_month',
    'hour',
    'minute',
    'month',
    'year',
  ],
  aggregate: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar', 'group'],
  topbottom: ['topk', 'bottomk'],
  arithmetic: ['+', '-', '*', '/', '%', '^'],
  compare: ['==', '!=', '<', '>', '<=', '>='],
  binary: ['+', '-', '*', '/', '%', '^', '==', '!=', '<', '>', '<=', '>='],
  atan: ['atan2'],
  set: ['and', 'or', 'unless'],
  over: ['sum', 'avg', 'max', 'min', 'count', 'stddev', 'stdvar', 'last', 'present', 'absent'],
  rate: ['rate', 'increase', 'delta'],
  instant_rate: ['irate', 'idelta'],
  clamp: ['clamp_min', 'clamp_max'],
  smoothing: ['0.1', '0.5', '0.8'],
}

/** What differs because Prometheus 3 is another version, with the reason. */
export type Template = { query: string; differs?: string }

const t = (query: string, differs?: string): Template => ({
  query,
  ...(differs === undefined ? {} : { differs }),
})
const memory = 'demo_memory_usage_bytes'
const cpu = 'demo_cpu_usage_seconds_total'
const duration = 'demo_api_request_duration_seconds_bucket'
const batch = 'demo_batch_last_success_timestamp_seconds'
const disk = 'demo_disk_usage_bytes'

const literals = ['42', '1.234', '.123', '1.23e-3', '0x3d', 'Inf', '+Inf', '-Inf', 'NaN'].map((x) =>
  t(x),
)

const selectors = [
  t(memory),
  t(`{__name__="${memory}"}`),
  t(`${memory}{type="free"}`),
  t(`${memory}{type!="free"}`),
  t(`${memory}{instance=~"demo.example.com:.*"}`),
  t(`${memory}{instance=~"host"}`),
  t(`${memory}{instance!~".*:10000"}`),
  t(`${memory}{type="free", instance!="demo.example.com:10000"}`),
  t(`${memory}{type="free", instance!~"demo.*"}`),
  t(`{type="free", instance!="demo.example.com:10000"}`),
  t('{__name__=~".*"}'),
  t('nonexistent_metric_name'),
  t(`${memory} offset {offset}`),
  t(`${memory} offset -{offset}`),
  t(`${memory} @ start()`),
  t(`${memory} @ end()`),
  t('demo_intermittent_metric'),
]

const aggregations = [
  t(`{aggregate}(${memory})`),
  t('{aggregate}(nonexistent_metric_name)'),
  t(`{aggregate} by() (${memory})`),
  t(`{aggregate} by(instance) (${memory})`),
  t(`{aggregate} by(instance, type) (${memory})`),
  t(`{aggregate} by(nonexistent) (${memory})`),
  t(`{aggregate} without() (${memory})`),
  t(`{aggregate} without(instance) (${memory})`),
  t(`{aggregate} without(instance, type) (${memory})`),
  t(`{aggregate} without(nonexistent) (${memory})`),
  t(`{topbottom} (3, ${memory})`),
  t(`{topbottom} by(instance) (2, ${memory})`),
  t(`{topbottom} without(instance) (2, ${memory})`),
  t(`{topbottom} without() (2, ${memory})`),
  t(`quantile({quantile}, ${memory})`),
  t(`avg(max by(type) (${memory}))`),
  t(`sum by(instance) (rate(${cpu}[{range}]))`),
  t(`count_values("value", demo_num_cpus)`),
  t(`count_values by(instance) ("value", ${duration})`),
]

const operators = [
  t('1 * 2 + 4 / 6 - 10 % 2 ^ 2'),
  t('demo_num_cpus + (1 {compare} bool 2)'),
  t(`${memory} {binary} 1.2345`),
  t(`${memory} {compare} bool 1.2345`),
  t(`1.2345 {compare} bool ${memory}`),
  t(`0.12345 {binary} ${memory}`),
  t(`(1 * 2 + 4 / 6 - (10%7)^2) {binary} ${memory}`),
  t(`${memory} {binary} (1 * 2 + 4 / 6 - 10)`),
  t(`timestamp(${memory} * 1)`),
  t(`timestamp(-${memory})`),
  t(`timestamp(${memory})`),
  t(`${memory} {binary} on(instance, job, type) ${memory}`),
  t(`${memory} {atan} on(instance, job, type) ${memory}`),
  t(`sum by(instance, type) (${memory}) {binary} on(instance, type) group_left(job) ${memory}`),
  t(`${memory} {compare} bool on(instance, job, type) ${memory}`),
  t(`${memory} / on(instance, job, type, non_existent) ${memory}`),
  t(`sum without(job) (${memory}) / on(instance, type) ${memory}`),
  t(`sum without(job) (${memory}) / on(instance, type) group_left ${memory}`),
  t(`sum without(job) (${memory}) / on(instance, type) group_left(job) ${memory}`),
  t(`${memory} / on(instance, job) group_left demo_num_cpus`),
  t(`demo_num_cpus / on(instance, job) group_right ${memory}`),
  t(`${memory} / ignoring(type) group_left demo_num_cpus`),
  t(`${memory} / on(instance) demo_num_cpus`),
  t(`${memory} {set} ${memory}{type="free"}`),
  t(`${memory} {set} on(type) ${memory}{instance=~".*0"}`),
  t(`demo_num_cpus {set} ignoring(type) ${memory}`),
  t(`-${memory}`),
  t(`${memory} > 2e9 and ${memory} < 4e9`),
]

const functions = [
  t(`{math}(${memory})`),
  t(`{math}(-${memory})`),
  t(`{trigonometry}(demo_temperature_celsius)`),
  t('{rate}(nonexistent_metric[5m])'),
  t(`{rate}(${cpu}[{range}])`),
  t('{rate}(demo_items_shipped_total[{range}])'),
  t(`deriv(${disk}[{range}])`),
  t(`predict_linear(${disk}[{range}], 600)`),
  t('time()'),
  t('pi()'),
  t(`label_replace(demo_num_cpus, "job", "value-$1", "instance", "demo.example.com:(.*)")`),
  t(`label_replace(demo_num_cpus, "job", "destination-value-$1", "instance", "example.com:(.*)")`),
  t(`label_replace(demo_num_cpus, "job", "$1-$2", "instance", "local(.*):(.*)")`),
  t(`label_replace(demo_num_cpus, "job", "value-$1", "nonexistent-src", "source-value-(.*)")`),
  t(`label_replace(demo_num_cpus, "job", "value-$1", "nonexistent-src", "(.*)")`),
  t(`label_replace(demo_num_cpus, "job", "value-$1", "instance", "(.*")`),
  t(
    `label_replace(demo_num_cpus, "~invalid", "", "src", "(.*)")`,
    'UTF-8 names are allowed in 3.x',
  ),
  t('label_replace(demo_num_cpus, "instance", "", "", "")'),
  t('label_join(demo_num_cpus, "new_label", "-", "instance", "job")'),
  t('label_join(demo_num_cpus, "job", "-", "instance", "job")'),
  t('label_join(demo_num_cpus, "job", "-", "instance")'),
  t('label_join(demo_num_cpus, "~invalid", "-", "instance")', 'UTF-8 names are allowed in 3.x'),
  t('{date}()'),
  t(`{date}(${batch} offset {offset})`),
  t(`{instant_rate}(${cpu}[{range}])`),
  t(`{clamp}(${memory}, 2)`),
  t(`clamp(${memory}, 0, 1)`),
  t(`clamp(${memory}, 0, 1000000000000)`),
  t(`clamp(${memory}, 1000000000000, 0)`),
  t(`resets(${cpu}[{range}])`),
  t(`changes(${batch}[{range}])`),
  t('vector(1.23)'),
  t('vector(time())'),
  t('scalar(demo_num_cpus)'),
  t(`histogram_quantile({quantile}, rate(${duration}[1m]))`),
  t('histogram_quantile(0.9, nonexistent_metric)'),
  t(`histogram_quantile(0.9, ${memory})`),
  t(`histogram_quantile(0.9, {__name__=~"demo_api_request_duration_seconds_.+"})`),
  t(
    `holt_winters(${disk}[10m], {smoothing}, {smoothing})`,
    'it is called double_exponential_smoothing in 3.x, and experimental',
  ),
  t('count_values("value", demo_api_request_duration_seconds_bucket)'),
  t('absent(demo_memory_usage_bytes)'),
  t('absent(nonexistent_metric_name{type="x", job=~"y"})'),
  t('sgn(demo_temperature_celsius)'),
  t('sort(demo_num_cpus)'),
  t(`round(demo_temperature_celsius, 0.5)`),
]

const ranges = [
  t(`{over}_over_time(${memory}[{range}])`),
  t(`quantile_over_time({quantile}, ${memory}[{range}])`),
  t('{over}_over_time(demo_intermittent_metric[1m])'),
  t(`max_over_time((time() - max(${batch}) < 1000)[5m:10s] offset 5m)`),
  t(`avg_over_time(rate(${cpu}[1m])[2m:10s])`),
  t(`sum_over_time(${memory}[5m:7s])`),
  t(`rate(${cpu}[5m] @ end())`),
  t(`rate(${cpu}[5m] offset {offset})`),
  t(`sum by(le) (increase(${duration}[5m]))`),
]

const groups = { literals, selectors, aggregations, operators, functions, ranges }
export const templates: readonly Template[] = Object.values(groups).flat()

/** All queries of a template; a name that occurs twice has the same value at both places. */
export function queriesOf({ query }: Template): string[] {
  const name = [...query.matchAll(/\{([a-z_]+)\}/g)].find(([, word]) => values[word!])?.[1]
  if (name === undefined) return [query]
  return values[name]!.flatMap((value) =>
    queriesOf({ query: query.replaceAll(`{${name}}`, value) }),
  )
}
