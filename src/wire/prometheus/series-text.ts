/**
 * A metric's name and labels as text: `name{label="value"}` and, with names of any characters,
 * `{"a name","a label"="value"}`. Where the text ends is found by the exposition parser.
 */

export type Label = readonly [name: string, value: string]
export type SeriesName = { name: string; labels: Label[] }

/** What is wrong and where, in characters from the start of the text. */
export class SeriesTextError extends Error {
  readonly at: number

  constructor(message: string, at: number) {
    super(message)
    this.name = 'SeriesTextError'
    this.at = at
  }
}

/** The place after a name such as `http_requests_total`, or `from` when there is none. */
export function endOfName(text: string, from: number, withColon: boolean): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const letter = code | 32
    if ((letter >= 97 && letter <= 122) || code === 95) continue
    if (code >= 48 && code <= 57 && at > from) continue
    if (code === 58 && withColon) continue
    break
  }
  return at
}

/** Reads name and labels; a label without a value is left out, as everywhere in Prometheus. */
export function readSeries(text: string, labels_max: number): SeriesName {
  const reader = new SeriesReader(text)
  return reader.read(labels_max)
}

class SeriesReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  read(labels_max: number): SeriesName {
    const end = endOfName(this.#text, 0, true)
    let name = this.#text.slice(0, end)
    this.#at = end
    const labels: Label[] = []
    this.#blank()
    if (this.#at < this.#text.length) {
      this.#expect('{')
      name = this.#braces(name, labels, labels_max)
    }
    if (name === '') throw new SeriesTextError('expected the name of a metric', 0)
    return { name, labels }
  }

  #braces(outer: string, labels: Label[], labels_max: number): string {
    let name = outer
    const names = new Set<string>()
    for (;;) {
      this.#blank()
      if (this.#peek() === '}') break
      const from = this.#at
      const isQuoted = this.#peek() === '"'
      const word = isQuoted ? this.#quoted() : this.#labelName()
      this.#blank()
      if (this.#peek() === '=') {
        this.#at++
        this.#blank()
        const value = this.#quoted()
        if (names.has(word)) throw new SeriesTextError(`label ${word} is there twice`, from)
        if (names.size === labels_max) {
          throw new SeriesTextError(`a series has more than ${labels_max} labels`, from)
        }
        names.add(word)
        if (value !== '') labels.push([word, value])
      } else if (isQuoted && name === '') name = word
      else throw new SeriesTextError('expected = after a label', this.#at)
      this.#blank()
      if (this.#peek() === ',') this.#at++
      else if (this.#peek() !== '}') throw new SeriesTextError('expected , or }', this.#at)
    }
    this.#at++
    if (this.#at < this.#text.length) throw new SeriesTextError('expected a value', this.#at)
    return name
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #blank(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at++
  }

  #expect(character: string): void {
    if (this.#peek() !== character) throw new SeriesTextError(`expected ${character}`, this.#at)
    this.#at++
  }

  #labelName(): string {
    const from = this.#at
    this.#at = endOfName(this.#text, from, false)
    if (this.#at === from) throw new SeriesTextError('expected the name of a label', from)
    return this.#text.slice(from, this.#at)
  }

  #quoted(): string {
    this.#expect('"')
    const from = this.#at
    const end = endOfQuoted(this.#text, from)
    if (end < 0) throw new SeriesTextError('a quoted text does not end', from)
    this.#at = end + 1
    return unescaped(this.#text.slice(from, end))
  }
}

/** The place of the closing quote, or -1. Line breaks must be escaped. */
export function endOfQuoted(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) return at
    if (code === 92) at++
    else if (code === 10) return -1
  }
  return -1
}

/** Only \\, \" and \n are escapes; another backslash stands for itself. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\([\\"n])/g, (_, what: string) => (what === 'n' ? '\n' : what))
}
