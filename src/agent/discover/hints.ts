/** What pods' annotations ask of the agent: how their logs are read, where their metrics are. */

export { type LogHints, type LogInput, logHints } from './log-hints.ts'
export {
  type MetricsTarget,
  metricsHints,
  prometheusTarget,
  readMetricsHints,
} from './metrics-hints.ts'
