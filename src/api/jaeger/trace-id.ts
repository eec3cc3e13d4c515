/** Trace ids as Jaeger's callers write them: 64 or 128 bits, zeros in front cut off or not. */
import { malformed } from './ask.ts'

export function traceId(text: string): string {
  if (!/^[0-9a-fA-F]{1,32}$/.test(text)) throw malformed('traceID', text)
  return text.toLowerCase().padStart(32, '0')
}
