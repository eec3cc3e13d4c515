/** A read past the end of a body, which a DataView notices first, as the fault that it is. */
import { Fault } from '../model/faults.ts'

export function asMalformed(format: string, error: unknown): unknown {
  if (!(error instanceof RangeError)) return error
  return new Fault('payload_malformed', { format, detail: 'a field is cut off' }, error)
}
