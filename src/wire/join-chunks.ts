/** A body's chunks as one array, without a copy when there is only one. */

export function joined(chunks: readonly Uint8Array[], total_bytes: number): Uint8Array {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, total_bytes)
}
