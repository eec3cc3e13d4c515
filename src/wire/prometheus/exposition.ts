/**
 * Metrics as programs expose them, one line after the other: Prometheus text 0.0.4 and OpenMetrics
 * 1.0. Samples keep name and labels as the text that was sent, because from one scrape to the next
 * it is the same: who knows the text need not read it again. series-text.ts reads it.
 */
import { Fault } from '../../model/faults.ts'
import { numberIn } from './number-text.ts'
import {
  endOfName,
  endOfQuoted,
  type Label,
  readSeries,
  type SeriesName,
  SeriesTextError,
  unescaped,
} from './series-text.ts'

export type ExpositionFormat = 'text' | 'openmetrics'

export type FamilyType =
  | 'counter'
  | 'gauge'
  | 'histogram'
  | 'gaugehistogram'
  | 'summary'
  | 'info'
  | 'stateset'
  | 'unknown'

export type Family = { name: string; type: FamilyType; help: string; unit: string }

export type ParsedExemplar = { labels: Label[]; value: number; time_ms: number | undefined }

export type ExpositionBounds = {
  samples_max: number
  labels_max: number
  /** Of one line, in characters. */
  line_length_max: number
}

export const expositionBounds: ExpositionBounds = {
  samples_max: 50_000,
  labels_max: 128,
  line_length_max: 65_536,
}

const typeWords: Readonly<Record<string, FamilyType>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'gaugehistogram',
  summary: 'summary',
  info: 'info',
  stateset: 'stateset',
  unknown: 'unknown',
  untyped: 'unknown',
}

/** What a scrape's Content-Type says; anything unknown is read as the oldest text format. */
export function expositionFormat(content_type: string): ExpositionFormat {
  return /^\s*application\/openmetrics-text\s*(?:;|$)/i.test(content_type) ? 'openmetrics' : 'text'
}

export class ExpositionParser {
  /** Name and labels of the current sample as sent: a part of the text, copy it to keep it. */
  series = ''
  value = 0
  /** As sent; undefined stands for the time of the scrape. */
  time_ms: number | undefined
  exemplar: ParsedExemplar | undefined
  samples = 0
  /** By name, in the order in which they were told. */
  readonly families = new Map<string, Family>()
  /** Whose types were told since somebody took them. */
  typed: Family[] = []

  /** What is not read yet; while more is to come, its last line may be a part of one. */
  #text = ''
  #isWhole = false
  readonly #format: ExpositionFormat
  readonly #bounds: ExpositionBounds
  #at = 0
  #line = 0
  #lineStart = 0
  #hasEnded = false

  constructor(format: ExpositionFormat, bounds = expositionBounds) {
    this.#format = format
    this.#bounds = bounds
  }

  /** More of the text, cut anywhere. Read all samples before you give more. */
  feed(piece: string): this {
    this.#text = this.#at < this.#text.length ? this.#text.slice(this.#at) + piece : piece
    this.#at = this.#lineStart = 0
    return this
  }

  /** There is no more. Samples may still come: the last line needs no end. */
  finish(): this {
    this.#isWhole = true
    return this
  }

  /**
   * Goes on to the next sample; false when there is none in what was fed. What is told of families
   * goes to families.
   */
  next(): boolean {
    const text = this.#text
    while (this.#at < text.length) {
      let end = text.indexOf('\n', this.#at)
      const isCut = end < 0 && !this.#isWhole
      if (end < 0) end = text.length
      if (isCut && end - this.#at <= this.#bounds.line_length_max) return false
      this.#line++
      this.#lineStart = this.#at
      if (end - this.#at > this.#bounds.line_length_max) {
        this.#fail(`a line is longer than ${this.#bounds.line_length_max} characters`)
      }
      const start = skipBlank(text, this.#at, end)
      this.#at = end + 1
      if (start === end) continue
      if (this.#hasEnded) this.#fail('something follows # EOF')
      if (text.charCodeAt(start) === 35) this.#comment(start + 1, end)
      else {
        this.#sample(start, end)
        return true
      }
    }
    if (this.#isWhole && this.#format === 'openmetrics' && !this.#hasEnded) {
      this.#line++
      this.#fail('the text does not end with # EOF: it was cut off')
    }
    return false
  }

  /** Name and labels of the current sample. */
  readSeries(): SeriesName {
    return this.#readLabels(this.series)
  }

  /** The current sample's name and labels as text that may be kept: it is no part of another. */
  ownSeries(): string {
    this.series = copied(this.series)
    return this.series
  }

  #readLabels(series: string): SeriesName {
    try {
      return readSeries(series, this.#bounds.labels_max)
    } catch (error) {
      if (error instanceof SeriesTextError) this.#fail(error.message)
      throw error
    }
  }

  #sample(start: number, end: number): void {
    const text = this.#text
    if (++this.samples > this.#bounds.samples_max) {
      this.#fail(`there are more than ${this.#bounds.samples_max} samples`)
    }
    const seriesEnd = this.#endOfSeries(start, end)
    this.series = text.slice(start, seriesEnd)
    let at = skipBlank(text, seriesEnd, end)
    let stop = endOfWord(text, at, end)
    const value = numberIn(text, at, stop)
    if (value === undefined) this.#fail(`expected a number, got "${text.slice(at, stop)}"`)
    this.value = value
    this.time_ms = undefined
    this.exemplar = undefined
    at = skipBlank(text, stop, end)
    if (at === end) return
    if (text.charCodeAt(at) !== 35) {
      stop = endOfWord(text, at, end)
      this.time_ms = this.#time(at, stop)
      at = skipBlank(text, stop, end)
      if (at === end) return
    }
    if (this.#format === 'text' || text.charCodeAt(at) !== 35) {
      this.#fail(`expected the end of the line, got "${text.slice(at, at + 20)}"`)
    }
    this.exemplar = this.#exemplar(skipBlank(text, at + 1, end), end)
  }

  /** The place after the closing brace, or after the name when there are no labels. */
  #endOfSeries(start: number, end: number): number {
    const text = this.#text
    let at = endOfName(text, start, true)
    const open = skipBlank(text, at, end)
    if (text.charCodeAt(open) !== 123) {
      if (at === start) this.#fail(`expected the name of a metric, got "${text.charAt(start)}"`)
      if (open === at) this.#fail(`expected a value after ${text.slice(start, at)}`)
      return at
    }
    for (at = open + 1; at < end; at++) {
      const code = text.charCodeAt(at)
      if (code === 125) return at + 1
      if (code === 34) {
        at = endOfQuoted(text, at + 1)
        if (at < 0) this.#fail('a quoted text does not end')
      }
    }
    return this.#fail('the labels do not end with }')
  }

  #time(start: number, end: number): number {
    const text = this.#text
    if (this.#format === 'openmetrics') {
      const seconds = numberIn(text, start, end)
      if (seconds !== undefined && Number.isFinite(seconds)) return Math.round(seconds * 1000)
    } else if (/^[+-]?\d{1,19}$/.test(text.slice(start, end))) {
      return Number(text.slice(start, end))
    }
    return this.#fail(`expected a time, got "${text.slice(start, end)}"`)
  }

  #exemplar(start: number, end: number): ParsedExemplar {
    const text = this.#text
    if (text.charCodeAt(start) !== 123) this.#fail('expected the labels of an exemplar')
    const labelsEnd = this.#endOfSeries(start, end)
    const { labels } = this.#readLabels(`e${text.slice(start, labelsEnd)}`)
    let at = skipBlank(text, labelsEnd, end)
    let stop = endOfWord(text, at, end)
    const value = numberIn(text, at, stop)
    if (value === undefined) this.#fail('expected the value of an exemplar')
    at = skipBlank(text, stop, end)
    if (at === end) return { labels, value, time_ms: undefined }
    stop = endOfWord(text, at, end)
    const time_ms = this.#time(at, stop)
    if (skipBlank(text, stop, end) !== end) this.#fail('something follows an exemplar')
    return { labels, value, time_ms }
  }

  #comment(start: number, end: number): void {
    const text = this.#text
    const wordStart = skipBlank(text, start, end)
    const wordEnd = endOfWord(text, wordStart, end)
    const word = text.slice(wordStart, wordEnd)
    if (word === 'EOF' && this.#format === 'openmetrics' && wordEnd === end) {
      this.#hasEnded = true
      return
    }
    if (word !== 'HELP' && word !== 'TYPE' && word !== 'UNIT') return
    if (word === 'UNIT' && this.#format === 'text') return
    const at = skipBlank(text, wordEnd, end)
    const nameEnd = this.#endOfFamilyName(at, end)
    const family = this.#family(at, nameEnd)
    const rest = text.slice(skipBlank(text, nameEnd, end), end)
    if (word === 'HELP') family.help = copied(unescaped(rest))
    else if (word === 'UNIT') family.unit = copied(rest.trimEnd())
    else {
      const type = typeWords[rest.trimEnd()]
      if (type === undefined) this.#fail(`"${rest}" is no type of a metric`)
      family.type = type
      this.typed.push(family)
    }
  }

  #endOfFamilyName(at: number, end: number): number {
    const text = this.#text
    if (text.charCodeAt(at) === 34) {
      const close = endOfQuoted(text, at + 1)
      if (close < 0) this.#fail('a quoted text does not end')
      if (endOfWord(text, close + 1, end) === close + 1) return close + 1
    }
    const stop = endOfName(text, at, true)
    if (stop === at || endOfWord(text, at, end) !== stop) {
      this.#fail('expected the name of a metric')
    }
    return stop
  }

  #family(start: number, end: number): Family {
    const text = this.#text
    const isQuoted = text.charCodeAt(start) === 34
    const sent = isQuoted ? unescaped(text.slice(start + 1, end - 1)) : text.slice(start, end)
    let family = this.families.get(sent)
    if (family === undefined) {
      const { samples_max } = this.#bounds
      // Each comes with a sample or more, or is there to fill the memory.
      if (this.families.size >= samples_max) this.#fail(`there are more than ${samples_max} types`)
      const name = copied(sent)
      family = { name, type: 'unknown', help: '', unit: '' }
      this.families.set(name, family)
    }
    return family
  }

  #fail(what: string): never {
    const format = this.#format === 'text' ? 'Prometheus text' : 'OpenMetrics text'
    const line = this.#text.slice(this.#lineStart, this.#lineStart + 80).split('\n', 1)[0]
    const detail = `${what}, in line ${this.#line}: ${line}`
    throw new Fault('payload_malformed', { format, detail })
  }
}

/** V8 keeps the whole text of which another is a part: here a piece for a name. */
function copied(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}

function skipBlank(text: string, from: number, end: number): number {
  let at = from
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code !== 32 && code !== 9) break
    at++
  }
  return at
}

function endOfWord(text: string, from: number, end: number): number {
  let at = from
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code === 32 || code === 9) break
    at++
  }
  return at
}
