/** How many records of a stored chunk the server says it did not store. */

export type Rejected = { records: number; message: string }

const none: Rejected = { records: 0, message: '' }

/**
 * Of an OTLP answer in protobuf, or of the JSON that answers lines. What is no answer says none.
 */
export function rejectedBy(contentType: string, body: Uint8Array): Rejected {
  if (body.length === 0) return none
  if (contentType.startsWith('application/x-protobuf')) return fromProtobuf(body)
  try {
    const told = JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>
    return { records: Number(told.rejected ?? 0) || 0, message: String(told.message ?? '') }
  } catch {
    return none
  }
}

/**
 * Export…ServiceResponse { partial_success: { rejected = 1: int64, error_message = 2: string } }
 */
function fromProtobuf(body: Uint8Array): Rejected {
  const partial = fieldsOf(body).get(1)
  if (!(partial instanceof Uint8Array)) return none
  const fields = fieldsOf(partial)
  const message = fields.get(2)
  return {
    records: Number(fields.get(1) ?? 0) || 0,
    message: message instanceof Uint8Array ? Buffer.from(message).toString() : '',
  }
}

/** Varint and length-delimited fields by number; the walk ends at anything else. */
function fieldsOf(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    return value
  }
  while (at < bytes.length) {
    const tag = varint()
    const type = tag & 7
    if (type !== 0 && type !== 2) break
    const value = varint()
    if (type === 2) at += value
    fields.set(tag >>> 3, type === 0 ? value : bytes.subarray(at - value, at))
  }
  return fields
}
