/**
 * The catalogue of faults: every error a person or a client can meet, with its status, what
 * happened and what to do. docs/faults.md is generated from it. Texts take {holes} from details.
 */

export type FaultShape = { status: number; says: string; do: string }

export const faults = {
  body_too_large: {
    status: 413,
    says: 'The request body is larger than {limit_bytes} bytes.',
    do: 'Send smaller batches, or raise limits.body_bytes_max.',
  },
  content_type_unsupported: {
    status: 415,
    says: 'Expected content type {expected}, got {got}.',
    do: 'Set the Content-Type header to one of the expected types.',
  },
  encoding_unsupported: {
    status: 415,
    says: 'Expected content encoding identity, gzip or zstd, got {got}.',
    do: 'Set the exporter compression to gzip or none.',
  },
  snappy_expected: {
    status: 415,
    says: 'Expected content encoding snappy, got {got}.',
    do: 'Remote write is always compressed with snappy, in its block format.',
  },
  payload_malformed: {
    status: 400,
    says: 'The {format} payload could not be read: {detail}.',
    do: 'Check that the sender speaks this protocol. Nothing of this request was stored.',
  },
  compression_excessive: {
    status: 413,
    says: 'The compressed body expands more than {ratio_max} times.',
    do: 'Send it uncompressed or in smaller batches. Telemetry never compresses this well.',
  },
  method_unsupported: {
    status: 405,
    says: 'Expected method {expected}, got {got}.',
    do: 'Telemetry is sent with POST.',
  },
  body_too_slow: {
    status: 408,
    says: 'The request did not arrive within {timeout_ms} ms.',
    do: 'Check the network between sender and server, or send smaller batches.',
  },
  deadline_passed: {
    status: 504,
    says: 'The deadline of {timeout_ms} ms that the sender set has passed. Nothing was stored.',
    do: 'Raise the exporter timeout, or see why the server is slow.',
  },
  ingest_busy: {
    status: 429,
    says: 'The write buffer is full ({buffered_bytes} bytes wait to be stored).',
    do: 'Retry after {retry_after_s} s. OpenTelemetry exporters do so by themselves.',
  },
  ingest_unavailable: {
    status: 503,
    says: 'Records cannot be made durable now: {detail}.',
    do: 'Free disk space or check the disk. Senders retry by themselves.',
  },
  ingest_unauthenticated: {
    status: 401,
    says: 'Expected a valid ingest token in the Authorization header, got {got}.',
    do: 'Create a token in Settings and send it as "Authorization: Bearer <token>".',
  },
  read_unauthenticated: {
    status: 401,
    says: 'Expected a valid read token in the Authorization header, got {got}.',
    do: 'Create a read token in Settings; send it as "Bearer <token>" or as the password of Basic.',
  },
  sender_refused: {
    status: 401,
    says: 'A sender of {protocol} was refused: {detail}.',
    do: 'Set the key and the user that the server is configured with, see docs/get-data-in.',
  },
  records_too_many: {
    status: 413,
    says: 'The request holds more than {records_max} records.',
    do: 'Send smaller batches. Nothing of this request was stored.',
  },
  origin_refused: {
    status: 403,
    says: 'A page of {origin} may not send here.',
    do: 'Add its origin to listen.cors_origins if it should.',
  },
  operation_unsupported: {
    status: 400,
    says: '{operation} is not supported: {detail}.',
    do: 'Send it as described in docs/get-data-in.md.',
  },
  objects_full: {
    status: 429,
    says: 'No more than {objects_max} objects of {bytes_max} bytes are kept for clients.',
    do: 'Delete templates, policies or pipelines that are not used any more.',
  },
  store_unavailable: {
    status: 503,
    says: 'The store is restarting; it has been away since {since}.',
    do: 'Retry in a few seconds. Ingest goes on: acknowledged records are safe.',
  },
  query_timeout: {
    status: 504,
    says: 'The question took longer than {timeout_ms} ms and was stopped.',
    do: 'Narrow the time range or add a filter.',
  },
  query_memory: {
    status: 422,
    says: 'The question needed more memory than {limit_bytes} bytes and was stopped.',
    do: 'Narrow the time range, add a filter or group by fewer values.',
  },
  query_busy: {
    status: 429,
    says: 'Too many questions are waiting ({waiting}).',
    do: 'Retry in a few seconds.',
  },
  query_failed: {
    status: 500,
    says: 'The store could not answer: {detail}.',
    do: 'Retry. If it stays, report the request id with the server log.',
  },
  query_refused: {
    status: 422,
    says: 'The query cannot be answered: {detail}.',
    do: 'Correct it where it is marked, or ask for less: fewer series, a shorter range.',
  },
  query_abandoned: {
    status: 499,
    says: 'Nobody waits for the answer any more.',
    do: 'Ask again if you still want to know.',
  },
  server_stopping: {
    status: 503,
    says: 'The server is stopping.',
    do: 'Retry in a few seconds.',
  },
  ask_too_large: {
    status: 413,
    says: 'The request is larger than {limit_bytes} bytes.',
    do: 'Ask for less at one time.',
  },
  ask_invalid: {
    status: 400,
    says: 'The request does not fit its contract: {detail}.',
    do: 'Correct the named field. The page may be older than the server: reload it.',
  },
  question_unknown: {
    status: 404,
    says: 'There is no question named {name}.',
    do: 'Reload the page; it may be older than the server.',
  },
  search_syntax: {
    status: 400,
    says: 'Expected {expected} at position {position}, got {got}.',
    do: '{suggestion}',
  },
  search_unknown_field: {
    status: 400,
    says: 'There is no field {field} (position {position}).',
    do: 'Try {suggestion}.',
  },
  search_type: {
    status: 400,
    says: 'Field {field} expects {expected}, got {got} (position {position}).',
    do: 'Write a value of that type.',
  },
  time_invalid: {
    status: 400,
    says: 'Expected a time such as now-15m, now/d, 2026-11-21 or milliseconds, got {got}.',
    do: 'Correct the time.',
  },
  time_range_empty: {
    status: 400,
    says: 'The time range from {from} to {to} is empty.',
    do: 'Choose an end that is later than the start.',
  },
  signed_out: {
    status: 401,
    says: 'You are not signed in.',
    do: 'Sign in. The server prints a link at start that creates the first administrator.',
  },
  sign_in_failed: {
    status: 401,
    says: 'The name or the password is wrong.',
    do: 'Try again.',
  },
  sign_in_throttled: {
    status: 429,
    says: 'Too many failed attempts.',
    do: 'Wait {retry_after_s} s and try again.',
  },
  forbidden: {
    status: 403,
    says: 'Your role {role} may not do this.',
    do: 'Ask an administrator for a role that may.',
  },
  request_forged: {
    status: 403,
    says: 'The request came without this site’s own proof of origin.',
    do: 'Reload the page and try again.',
  },
  setup_link_invalid: {
    status: 410,
    says: 'This setup link was used or has expired.',
    do: 'Restart the server to print a new link, or sign in.',
  },
  password_weak: {
    status: 400,
    says: 'The password was refused: {detail}.',
    do: 'Use at least 12 characters that are not a common password.',
  },
  name_taken: {
    status: 409,
    says: 'The name {name} is taken.',
    do: 'Choose another name.',
  },
  not_found: {
    status: 404,
    says: 'There is nothing at {path}.',
    do: 'Check the address.',
  },
  store_in_use: {
    status: 500,
    says: 'Another server is running on {dir}.',
    do: 'Stop it, or give this one its own --store.dir.',
  },
  config_invalid: {
    status: 500,
    says: 'Configuration key {key}: expected {expected}, got {got}.',
    do: 'Correct it in crowsnest.yaml, the environment or the flags; see docs/config.md.',
  },
  config_unknown: {
    status: 500,
    says: 'There is no configuration key {key}.',
    do: '{did_you_mean}docs/config.md lists every key.',
  },
  listen_failed: {
    status: 500,
    says: 'Cannot listen on {address}: {detail}.',
    do: 'Stop the program that uses the address, or choose another in listen.*; port 0 picks one.',
  },
  state_failed: {
    status: 500,
    says: 'Users and tokens could not be opened: {detail}.',
    do: 'Check state.url, or the space, the rights and state.sqlite of store.dir.',
  },
  store_failed: {
    status: 500,
    says: 'The store could not be opened: {detail}.',
    do: 'Check store.url, its user and password, or the space and the rights of store.dir.',
  },
  listen_insecure: {
    status: 500,
    says: 'Refusing to listen on {address} without TLS.',
    do: 'Set tls.cert_file and tls.key_file, or listen.insecure=true behind a TLS proxy.',
  },
  store_migration_changed: {
    status: 500,
    says: 'Step {step} of {file} already ran on this store and has been changed since.',
    do: 'Restore the file and put the change into a new one, or start with an empty store.dir.',
  },
  agent_unauthenticated: {
    status: 401,
    says: 'Expected {expected} in the Authorization header, got {got}.',
    do: 'Create an enrolment token under Agents, or enrol the agent again.',
  },
  enrolment_refused: {
    status: 403,
    says: 'The agent may not enrol: {reason}.',
    do: 'Create a new enrolment token under Agents, or check fleet.service_accounts.',
  },
  kubernetes_unreachable: {
    status: 503,
    says: 'Kubernetes could not be asked about a token: {detail}.',
    do: 'Check fleet.kubernetes_url and its files, and the right to create tokenreviews.',
  },
  fleet_busy: {
    status: 429,
    says: 'Too many agents check in at this moment.',
    do: 'The agent comes back by itself after {retry_after_s} s.',
  },
  policy_invalid: {
    status: 400,
    says: 'The policy cannot work: {detail}.',
    do: 'Correct the named field.',
  },
  policy_changed: {
    status: 409,
    says: 'Policy {name} has been changed since revision {revision}.',
    do: 'Reload the policy and make your change again.',
  },
  policy_in_use: {
    status: 409,
    says: 'Policy {name} is in use by agents ({agents}) and enrolment tokens ({tokens}).',
    do: 'Move its agents to another policy and revoke its tokens first.',
  },
  rollout_none: {
    status: 409,
    says: 'No rollout of this policy goes on.',
    do: 'It has ended meanwhile: reload the page.',
  },
  dashboard_unknown: {
    status: 404,
    says: 'There is no dashboard {id}.',
    do: 'It may have been deleted: look in the list of dashboards.',
  },
  dashboard_shipped: {
    status: 409,
    says: 'Dashboard {id} comes with the product and is not changed.',
    do: 'Save a copy under another name and change that.',
  },
  dashboard_changed: {
    status: 409,
    says: 'Dashboard {id} has been changed since version {version}.',
    do: 'Reload it and make your change again, or save yours as a copy.',
  },
  dashboard_invalid: {
    status: 400,
    says: 'The dashboard cannot be kept: {detail}.',
    do: 'Correct the named field.',
  },
  dashboards_full: {
    status: 409,
    says: 'There are {limit} dashboards already.',
    do: 'Delete those that nobody needs.',
  },
  internal: {
    status: 500,
    says: 'Something failed inside the server (request {request_id}).',
    do: 'Retry. The server log has the details under this request id.',
  },
} as const satisfies Record<string, FaultShape>

export type FaultCode = keyof typeof faults

/** What a client sees of a fault: the catalogue's texts with their holes filled. */
export type FaultAnswer = { code: FaultCode; says: string; do: string; details: Details }
type Details = Record<string, string | number>

/** An operator's error, not a programmer's: thrown anywhere, rendered once at the edge. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly details: Details

  constructor(code: FaultCode, details: Details = {}, cause?: unknown) {
    super(fill(faults[code].says, details), cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
    this.details = details
  }

  get status(): number {
    return faults[this.code].status
  }

  answer(): FaultAnswer {
    const shape = faults[this.code]
    const { code, details } = this
    return { code, says: this.message, do: fill(shape.do, details), details }
  }
}

function fill(text: string, details: Details): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(details[name] ?? hole))
}
