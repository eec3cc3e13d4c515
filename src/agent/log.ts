/** The agent's own log: one JSON object a line on standard output. */
import { type Logger, pino } from 'pino'

export function createAgentLog(level: string, bindings: Record<string, string>): Logger {
  const base = Object.fromEntries(Object.entries(bindings).filter(([, value]) => value !== ''))
  const options = { level, base: { service: 'crowsnest-agent', ...base } }
  return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime })
}
