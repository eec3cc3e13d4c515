/** Why a database could not be opened, in the words of the catalogue and of what refused. */
import { Fault, type FaultCode } from '../model/faults.ts'
import { StoreError } from '../store/client.ts'

const detail_chars_max = 300

/**
 * For catch(). Faults that say what to do are thrown on; what the store refused is told as it was.
 */
export function opening(code: FaultCode): (error: unknown) => never {
  return (error) => {
    const refused = error instanceof Fault ? error.cause : error
    if (error instanceof Fault && !(refused instanceof StoreError)) throw error
    const { message } = refused as Error
    const detail = message.trim().split('\n', 1)[0]!.slice(0, detail_chars_max).replace(/\.$/, '')
    throw new Fault(code, { detail: detail === '' ? String(refused) : detail }, error)
  }
}
