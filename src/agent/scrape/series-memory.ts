/**
 * The series of one scrape target from one scrape to the next. A series that was there before is
 * found by the text it was sent with and needs no reading; one that vanished is told to be stale.
 */
import { encodeAttributes } from '../../wire/otlp/encode-attributes.ts'
import {
  type Exemplar,
  histogramAttributesField,
  type MetricShape,
  numberAttributesField,
  type Resource,
} from '../../wire/otlp/encode-metrics.ts'
import {
  type ExpositionBounds,
  type ExpositionFormat,
  ExpositionParser,
  type FamilyType,
} from '../../wire/prometheus/exposition.ts'
import { numberIn } from '../../wire/prometheus/number-text.ts'
import type { Label } from '../../wire/prometheus/series-text.ts'
import { Distribution, type Part } from './distribution.ts'
import { meaningOf, type SampleRole, shapeOf } from './family-shapes.ts'
import type { MetricsOutput } from './metrics-output.ts'

/** What a target adds to its series. The labels hold `__name__`. */
export type SeriesRules = {
  /** The final labels, or undefined for a series that is left out. */
  relabel(labels: Label[]): Label[] | undefined
  resourceOf(labels: readonly Label[]): Resource
}

type Start = { start_ms: number }
type Known = {
  role: SampleRole | 'left out'
  /** The attempt that read it last and the scrape that was told last. */
  read: number
  told: number
  learned: number
  resource: Resource
  shape: MetricShape
  attributes: Uint8Array
  start: Start | undefined
  distribution: Distribution | undefined
  part: Part | undefined
  /** Empty when no type was told of it. */
  family: string
}

export type ScrapeCounts = { scraped: number; kept: number; added: number }

export class SeriesMemory {
  readonly #rules: SeriesRules
  readonly #known = new Map<string, Known>()
  readonly #distributions = new Map<string, Distribution>()
  readonly #starts = new Map<string, Start>()
  readonly #shapes = new Map<string, MetricShape>()
  readonly #types = new Map<string, FamilyType>()
  #attempt = 0
  #added = 0
  #parser = new ExpositionParser('text')
  #format: ExpositionFormat = 'text'
  #time_ms = 0
  /** Families that have become another type since the text before. */
  readonly #changed = new Set<string>()
  // What the last read() found; emptied by tell().
  readonly #samples: Known[] = []
  readonly #values: number[] = []
  readonly #times: (number | undefined)[] = []
  readonly #exemplars = new Map<number, Exemplar>()

  constructor(rules: SeriesRules) {
    this.#rules = rules
  }

  get size(): number {
    return this.#known.size
  }

  /** A new text begins; what of the one before was not told is forgotten. */
  begin(format: ExpositionFormat, bounds: ExpositionBounds, time_ms: number): void {
    this.#attempt++
    this.#clearSamples()
    this.#changed.clear()
    this.#format = format
    this.#time_ms = time_ms
    this.#parser = new ExpositionParser(format, bounds)
  }

  /** Reads a piece of the text, cut anywhere. When it throws, nothing of the text is told. */
  read(piece: string): void {
    this.#parser.feed(piece)
    this.#readSamples()
  }

  /** The text has ended. Answers how many samples it had. */
  end(): number {
    this.#parser.finish()
    this.#readSamples()
    const { samples } = this.#parser
    this.#parser = new ExpositionParser('text')
    return samples
  }

  #readSamples(): void {
    const parser = this.#parser
    while (parser.next()) {
      if (parser.typed.length > 0) this.#compareTypes(parser)
      const known = this.#knownOf(parser)
      if (known.read === this.#attempt) continue
      known.read = this.#attempt
      if (known.role === 'left out') {
        known.told = this.#attempt
        continue
      }
      if (parser.exemplar !== undefined) {
        const { labels, value, time_ms: at = this.#time_ms } = parser.exemplar
        this.#exemplars.set(this.#samples.length, { labels, value, time_ms: at })
      }
      this.#samples.push(known)
      this.#values.push(parser.value)
      this.#times.push(parser.time_ms)
    }
  }

  #knownOf(parser: ExpositionParser): Known {
    const known = this.#known.get(parser.series)
    if (known === undefined) return this.#learn(parser)
    const isOther = this.#changed.size > 0 && this.#changed.has(known.family)
    return isOther && known.learned !== this.#attempt ? this.#learn(parser) : known
  }

  /** Gives what read() found to the output, and tells which series are gone. */
  tell(time_ms: number, output: MetricsOutput): ScrapeCounts {
    const scraped = this.#samples.length
    for (let i = 0; i < scraped; i++) {
      const known = this.#samples[i]!
      known.told = this.#attempt
      const at_ms = this.#times[i] ?? time_ms
      const exemplar = this.#exemplars.get(i)
      if (known.role !== 'number') this.#gather(known, this.#values[i]!, at_ms, exemplar)
      else {
        output.cut()
        const { attributes, start } = known
        const point = { attributes, time_ms: at_ms, start_ms: start?.start_ms ?? 0 }
        const group = output.request.group(known.resource, known.shape)
        const whole = exemplar === undefined ? point : { ...point, exemplars: [exemplar] }
        output.request.number(group, whole, this.#values[i]!)
      }
    }
    this.#tellDistributions(time_ms, output)
    this.#tellStale(time_ms, output)
    const counts = { scraped, kept: scraped, added: this.#added }
    this.#clearSamples()
    this.#added = 0
    return counts
  }

  /** All series are gone: the target went down or is no longer scraped. */
  tellGone(time_ms: number, output: MetricsOutput): void {
    this.#attempt++
    this.#clearSamples()
    this.#tellDistributions(time_ms, output)
    this.#tellStale(time_ms, output)
    this.#forgetAll()
  }

  #clearSamples(): void {
    this.#samples.length = this.#values.length = this.#times.length = 0
    this.#exemplars.clear()
  }

  #forgetAll(): void {
    this.#known.clear()
    this.#distributions.clear()
    this.#starts.clear()
    this.#shapes.clear()
    this.#types.clear()
  }

  #compareTypes(parser: ExpositionParser): void {
    for (const { name, type } of parser.typed) {
      const before = this.#types.get(name)
      if (before !== undefined && before !== type) this.#changed.add(name)
      this.#types.set(name, type)
    }
    parser.typed = []
  }

  #learn(parser: ExpositionParser): Known {
    const text = parser.ownSeries()
    const { name, labels } = parser.readSeries()
    const final = this.#rules.relabel([['__name__', name], ...labels])
    const known = this.#describe(name, final, parser)
    known.learned = this.#attempt
    this.#known.set(text, known)
    this.#added++
    return known
  }

  #describe(sent: string, labels: Label[] | undefined, parser: ExpositionParser): Known {
    const meaning = meaningOf(sent, parser.families)
    const name = labels?.find(([key]) => key === '__name__')?.[1] ?? ''
    const family = meaning.family?.name ?? ''
    if (labels === undefined || name === '') return { ...leftOut, family }
    // A rule that renames a part of a distribution takes it out of it.
    if (name !== sent) meaning.role = 'number'
    const boundName = meaning.role === 'bucket' ? 'le' : 'quantile'
    const bound = labels.find(([key]) => key === boundName)?.[1] ?? ''
    const at = numberIn(bound, 0, bound.length)
    if ((meaning.role === 'bucket' || meaning.role === 'quantile') && at === undefined) {
      meaning.role = 'number'
    }
    const isPart = meaning.role === 'bucket' || meaning.role === 'quantile'
    const own = labels.filter(([key]) => key !== '__name__' && !(isPart && key === boundName))
    const shape = this.#shapeNamed(shapeOf(name, meaning))
    const isHistogram = shape.kind === 'histogram'
    const field = isHistogram ? histogramAttributesField : numberAttributesField
    const known: Known = {
      ...leftOut,
      role: meaning.role,
      resource: this.#rules.resourceOf(labels),
      shape,
      attributes: encodeAttributes(field, own),
      family,
    }
    const key = `${shape.kind} ${meaning.family?.name ?? name}\n${identityOf(own)}`
    if (isHistogram || shape.kind === 'summary') {
      const distribution = this.#distributionOf(key, known)
      known.distribution = distribution
      if (isPart) known.part = distribution.part(at!)
    } else if (
      this.#format === 'openmetrics' &&
      (shape.kind === 'counter' || known.role === 'created')
    ) {
      known.start = this.#starts.get(key) ?? { start_ms: 0 }
      this.#starts.set(key, known.start)
    }
    return known
  }

  #shapeNamed(shape: MetricShape): MetricShape {
    const key = `${shape.kind} ${shape.name}`
    const known = this.#shapes.get(key)
    if (known !== undefined) return known
    this.#shapes.set(key, shape)
    return shape
  }

  #distributionOf(key: string, { resource, shape, attributes }: Known): Distribution {
    let distribution = this.#distributions.get(key)
    if (distribution === undefined) {
      distribution = new Distribution(resource, shape, attributes)
      this.#distributions.set(key, distribution)
    }
    return distribution
  }

  #gather(known: Known, value: number, time_ms: number, exemplar: Exemplar | undefined): void {
    const { distribution, part, role } = known
    if (distribution === undefined) {
      if (known.start !== undefined && value > 0) known.start.start_ms = value * 1000
      return
    }
    if (distribution.scrape !== this.#attempt) distribution.begin(this.#attempt, time_ms)
    if (exemplar !== undefined) distribution.exemplars.push(exemplar)
    if (part !== undefined) {
      part.value = value
      part.scrape = this.#attempt
    } else if (role === 'sum') distribution.sum = value
    else if (role === 'count') distribution.count = value
    else if (role === 'created' && value > 0) distribution.start_ms = value * 1000
  }

  #tellDistributions(time_ms: number, output: MetricsOutput): void {
    for (const [key, distribution] of this.#distributions) {
      output.cut()
      const { attributes, shape, start_ms, exemplars } = distribution
      const isGone = distribution.scrape !== this.#attempt
      const at_ms = isGone ? time_ms : distribution.time_ms
      const group = output.request.group(distribution.resource, shape)
      const point = { attributes, time_ms: at_ms, start_ms, exemplars: isGone ? [] : exemplars }
      if (shape.kind === 'histogram') {
        output.request.histogram(group, point, isGone ? undefined : distribution.histogram())
      } else output.request.summary(group, point, isGone ? undefined : distribution.summary())
      if (isGone) this.#distributions.delete(key)
    }
  }

  #tellStale(time_ms: number, output: MetricsOutput): void {
    for (const [text, known] of this.#known) {
      if (known.told === this.#attempt) continue
      this.#known.delete(text)
      if (known.role !== 'number' || known.told === 0) continue
      output.cut()
      const group = output.request.group(known.resource, known.shape)
      const point = { attributes: known.attributes, time_ms, start_ms: 0 }
      output.request.number(group, point, undefined)
    }
  }
}

const leftOut: Known = {
  role: 'left out',
  read: 0,
  told: 0,
  learned: 0,
  resource: {},
  shape: { name: '', kind: 'gauge' },
  attributes: new Uint8Array(0),
  start: undefined,
  distribution: undefined,
  part: undefined,
  family: '',
}

function identityOf(labels: readonly Label[]): string {
  return JSON.stringify(labels.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
