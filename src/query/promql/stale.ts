/**
 * The stale marker: a NaN told apart by its bits, which only a view of the bytes can see; a number
 * of JavaScript may lose them on its way.
 */

const low_word = 2
const high_word = 0x7ff00000

/** The words of the numbers, low before high as on every machine this runs on. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
}

export function isStale(words: Uint32Array, at: number): boolean {
  return words[2 * at + 1] === high_word && words[2 * at] === low_word
}

export function anyStale(words: Uint32Array): boolean {
  for (let at = 1; at < words.length; at += 2) {
    if (words[at] === high_word && words[at - 1] === low_word) return true
  }
  return false
}

export function markStale(values: Float64Array, at: number): void {
  const words = wordsOf(values)
  words[2 * at] = low_word
  words[2 * at + 1] = high_word
}
