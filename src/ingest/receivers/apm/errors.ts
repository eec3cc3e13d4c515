/** Errors: exceptions and logged errors as log records that name the span they happened in. */
import { limits } from '../../../model/limits.ts'
import { severityOfWord } from '../../../pipeline/severity-text.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath, pathOf } from '../../records/paths.ts'
import { AttributeBag } from './attribute-bag.ts'
import { readContext } from './context.ts'
import {
  flagAt,
  hasField,
  Invalid,
  idAt,
  type JsonObject,
  longText,
  looseText,
  objectAt,
  required,
  text,
  timestampAt,
} from './fields.ts'
import { resourceFor } from './metadata.ts'
import { type EventStream, noteError } from './span-event.ts'
import { framesJson, groupingKey, traceText } from './stacktrace.ts'

const paths = {
  event: ownPath('event_name'),
  level: ownPath('log.level'),
  logger: ownPath('log.logger'),
  trace: ownPath('trace.id'),
  span: ownPath('span.id'),
  dataset: ownPath('data_stream.dataset'),
}

/** Fills the record. Throws Invalid. */
export function readError(record: FlatRecord, event: JsonObject, stream: EventStream): void {
  const id = required(text(event, 'id', 'error.id'), 'error.id')
  const hasException = hasField(event, 'exception')
  const hasLog = hasField(event, 'log')
  if (!hasException && !hasLog) {
    throw new Invalid("validation error: 'error.exception' or 'error.log' required")
  }
  const exception = objectAt(event, 'exception', 'error.exception')
  const log = objectAt(event, 'log', 'error.log')
  const message = messageOf(exception, log, hasException, hasLog)
  const ids = idsOf(event)
  const bag = new AttributeBag()
  bag.set('error.id', id)
  bag.set('error.grouping_key', groupingKey(exception, log))
  bag.set('error.culprit', text(event, 'culprit', 'error.culprit'))
  readException(bag, exception)
  bag.set('error.log.message', longText(log, 'message', 'error.log.message'))
  bag.set('error.log.param_message', text(log, 'param_message', 'error.log.param_message'))
  if (!hasException) bag.set('exception.stacktrace', traceText({ ...log, type: 'log' }))
  readTransactionOf(bag, event, ids.transaction)
  const context = readContext(bag, event, 'error', stream.metadata)
  if (stream.isRum) {
    bag.fill('user_agent.original', stream.user_agent)
    bag.fill('client.address', stream.remote_address)
  }
  const { attributes } = resourceFor(stream.metadata, context)
  for (const [name, value] of Object.entries(attributes)) record.string(pathOf(name), value)
  const level = text(log, 'level', 'error.log.level')
  record.string(paths.event, 'exception')
  record.string(paths.dataset, 'apm.error')
  record.string(paths.level, severityOfWord(level ?? '') > 0 ? level! : 'error')
  const logger = text(log, 'logger_name', 'error.log.logger_name')
  if (logger !== undefined && logger !== '') record.string(paths.logger, logger)
  if (ids.trace !== undefined) record.string(paths.trace, ids.trace)
  if (ids.span !== undefined) record.string(paths.span, ids.span)
  putBag(record, bag)
  record.bodyText(message)
  const timestamp_us = timestampAt(event, 'error.timestamp') ?? stream.received_us
  putTime(record, timestamp_us)
  if (ids.span !== undefined) noteFor(ids.span, bag, message, timestamp_us, stream)
}

/** What the span is told of it: enough to see what failed, the rest is in the log. */
function noteFor(
  span_id: string,
  bag: AttributeBag,
  message: string,
  time_us: number,
  stream: EventStream,
): void {
  const word = (name: string) => cut(String(bag.values.get(name) ?? ''))
  const attributes: Record<string, string> = {
    'exception.message': cut(message),
    'error.id': word('error.id'),
  }
  for (const name of ['exception.type', 'exception.stacktrace']) {
    const value = word(name)
    if (value !== '') attributes[name] = value
  }
  noteError(stream, span_id, { time_us, attributes })
}

const event_length_max = 2048

/** A copy: a part of a text keeps all of it in memory. */
function cut(text: string): string {
  if (text.length <= event_length_max) return text
  return Buffer.from(text.slice(0, event_length_max)).toString()
}

function messageOf(
  exception: JsonObject,
  log: JsonObject,
  hasException: boolean,
  hasLog: boolean,
): string {
  const thrown = longText(exception, 'message', 'error.exception.message')
  const type = text(exception, 'type', 'error.exception.type')
  const logged = longText(log, 'message', 'error.log.message')
  if (hasLog) required(logged, 'error.log.message')
  if (hasException && thrown === undefined && type === undefined) {
    throw new Invalid(
      "validation error: 'error.exception.message' or 'error.exception.type' required",
    )
  }
  return [thrown, logged, type].find((one) => one !== undefined && one !== '') ?? ''
}

function readException(bag: AttributeBag, exception: JsonObject): void {
  bag.set('exception.type', looseText(exception, 'type'))
  bag.set('exception.message', looseText(exception, 'message'))
  bag.set('exception.stacktrace', traceText(exception))
  bag.set('error.exception.module', looseText(exception, 'module'))
  bag.set('error.exception.code', looseText(exception, 'code'))
  bag.set('error.exception.handled', flagAt(exception, 'handled', 'error.exception.handled'))
  bag.json('error.exception.attributes', exception.attributes)
  bag.set('error.exception.stacktrace', framesJson(exception.stacktrace))
}

function readTransactionOf(bag: AttributeBag, event: JsonObject, id: string | undefined): void {
  const transaction = objectAt(event, 'transaction', 'error.transaction')
  bag.set('transaction.id', id)
  bag.set('transaction.name', looseText(transaction, 'name'))
  bag.set('transaction.type', looseText(transaction, 'type'))
  bag.set('transaction.sampled', flagAt(transaction, 'sampled', 'error.transaction.sampled'))
}

/** The place of an error in its trace; parts of it without the rest say nothing. */
function idsOf(event: JsonObject) {
  const hex = (key: string, digits: number) => {
    const id = idAt(event, key, digits, `error.${key}`)
    return id === undefined ? undefined : Buffer.from(id).toString('hex')
  }
  const trace = hex('trace_id', 32)
  const transaction = hex('transaction_id', 16)
  const parent = hex('parent_id', 16)
  if (trace !== undefined || transaction !== undefined || parent !== undefined) {
    required(trace, 'error.trace_id')
    required(parent, 'error.parent_id')
  }
  return { trace, transaction, span: parent }
}

export function putBag(record: FlatRecord, bag: AttributeBag): void {
  for (const [name, value] of bag.values) {
    const path = pathOf(name)
    if (typeof value === 'number') record.number(path, value)
    else record.string(path, String(value).slice(0, limits.attribute_value_bytes_max))
  }
}

export function putTime(record: FlatRecord, timestamp_us: number): void {
  const seconds = Math.floor(timestamp_us / 1_000_000)
  record.time(seconds, Math.round(timestamp_us - seconds * 1_000_000) * 1000)
}
