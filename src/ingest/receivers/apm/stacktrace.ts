/** Stack traces: as text that people read, as bounded JSON, and as the key that groups errors. */
import { createHash } from 'node:crypto'
import { hasField, isObject, type JsonObject, jsonText, looseText } from './fields.ts'

const text_length_max = 32 * 1024
const frames_length_max = 16 * 1024
const frames_max = 200
/** An exception has a cause, that one too, and so on. */
const causes_max = 10

function framesOf(frames: unknown): JsonObject[] {
  return Array.isArray(frames) ? frames.slice(0, frames_max).filter(isObject) : []
}

/** As the runtime would print it: the error, its frames, and what caused it. */
export function traceText(exception: JsonObject): string {
  const lines: string[] = []
  let current: JsonObject | undefined = exception
  for (let depth = 0; current !== undefined && depth < causes_max; depth++) {
    lines.push(`${depth === 0 ? '' : 'Caused by: '}${headOf(current)}`)
    for (const frame of framesOf(current.stacktrace)) lines.push(frameText(frame))
    const cause: unknown = Array.isArray(current.cause) ? current.cause[0] : undefined
    current = isObject(cause) ? cause : undefined
  }
  // A head alone says nothing that the message does not.
  return lines.length < 2 ? '' : lines.join('\n').slice(0, text_length_max)
}

function headOf(exception: JsonObject): string {
  const parts = [looseText(exception, 'type'), looseText(exception, 'message')]
  return parts.filter((part) => part !== undefined && part !== '').join(': ') || 'error'
}

function frameText(frame: JsonObject): string {
  const inside = [looseText(frame, 'classname'), looseText(frame, 'function')]
  const name = inside.filter((part) => part !== undefined && part !== '').join('.')
  const file = looseText(frame, 'filename') ?? looseText(frame, 'abs_path') ?? ''
  const place = [file, looseText(frame, 'lineno'), looseText(frame, 'colno')]
    .filter((part) => part !== undefined && part !== '')
    .join(':')
  return name === '' ? `    at ${place}` : `    at ${name} (${place})`
}

/** Frames with their lines of source, as many as fit. */
export function framesJson(frames: unknown): string {
  const kept = framesOf(frames)
  let text = kept.length === 0 ? '' : jsonText(kept, Number.POSITIVE_INFINITY)
  while (text.length > frames_length_max && kept.length > 1) {
    kept.length = Math.floor(kept.length / 2)
    text = jsonText(kept, Number.POSITIVE_INFINITY)
  }
  return text.length > frames_length_max ? '' : text
}

/** The same for the same error at the same place, whatever its message says this time. */
export function groupingKey(exception: JsonObject, log: JsonObject): string {
  const hash = createHash('md5')
  let named = false
  const add = (part: string | undefined) => {
    if (part === undefined || part === '') return
    hash.update(part)
    named = true
  }
  add(looseText(exception, 'type'))
  add(looseText(log, 'param_message'))
  const frames = framesOf(exception.stacktrace ?? log.stacktrace)
  const own = frames.filter(({ library_frame }) => library_frame !== true)
  for (const frame of own.length > 0 ? own : frames) {
    add(looseText(frame, 'module') ?? looseText(frame, 'filename') ?? looseText(frame, 'classname'))
    add(looseText(frame, 'function'))
  }
  if (!named || (frames.length === 0 && !hasField(exception, 'type'))) {
    add(looseText(exception, 'message'))
    add(looseText(log, 'message'))
  }
  return hash.digest('hex')
}
