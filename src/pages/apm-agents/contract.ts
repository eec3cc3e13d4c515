/** Settings of APM agents as the server tells them, and the settings that most agents know. */

export type AgentConfigShown = {
  name: string
  /** Empty is any. */
  service: string
  environment: string
  agent_name: string
  settings: Readonly<Record<string, string>>
  updated_ms: number
  updated_by: string
}

/** A service that asked for its settings since this server started. */
export type AskingShown = {
  service: string
  environment: string
  /** The name of the settings it was given; empty is none. */
  config: string
  asked_ms: number
  /** When it said that it has them; 0 is not yet. */
  applied_ms: number
}

export type ApmAgentsAnswer = {
  configs: readonly AgentConfigShown[]
  asking: readonly AskingShown[]
}

export type KnownSetting = {
  key: string
  /** What it may be; empty is a text of one's own. */
  choices: readonly string[]
  example: string
}

const flag = ['true', 'false']

/** Of the agents for Java, Node.js, Python, Go, .NET, Ruby, PHP and browsers; not all know all. */
export const knownSettings: readonly KnownSetting[] = [
  { key: 'transaction_sample_rate', choices: [], example: '0.5' },
  { key: 'recording', choices: flag, example: 'true' },
  { key: 'capture_body', choices: ['off', 'errors', 'transactions', 'all'], example: 'errors' },
  { key: 'capture_headers', choices: flag, example: 'true' },
  {
    key: 'log_level',
    choices: ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'],
    example: 'info',
  },
  { key: 'transaction_max_spans', choices: [], example: '500' },
  { key: 'span_frames_min_duration', choices: [], example: '5ms' },
  { key: 'stack_trace_limit', choices: [], example: '50' },
  { key: 'exit_span_min_duration', choices: [], example: '1ms' },
  { key: 'span_compression_enabled', choices: flag, example: 'true' },
  { key: 'transaction_ignore_urls', choices: [], example: '/healthz*, /metrics' },
  { key: 'ignore_message_queues', choices: [], example: 'heartbeat*' },
  { key: 'sanitize_field_names', choices: [], example: 'password, *token*' },
  { key: 'server_timeout', choices: [], example: '5s' },
]
