/**
 * Our own figures as Prometheus text: the process and the questions, counted here, and whatever the
 * rooms count themselves, rendered from their plain numbers.
 */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** One metric with its samples; a histogram's buckets are not yet cumulative. */
export type Family = {
  name: string
  help: string
  type: 'counter' | 'gauge'
  samples: readonly Sample[]
}
export type Sample = { labels?: Record<string, string>; value: number }
export type HistogramFamily = {
  name: string
  help: string
  type: 'histogram'
  histogram: { bounds_ms: readonly number[]; counts: readonly number[]; sum_ms: number }
}
export type Source = () => readonly (Family | HistogramFamily)[] | Promise<Family[]>

export type Metrics = ReturnType<typeof createMetrics>

export function createMetrics() {
  const registry = new Registry()
  const sources: Source[] = []
  collectDefaultMetrics({ register: registry })
  const questions = new Counter({
    name: 'crowsnest_questions_total',
    help: 'Questions asked by pages, by what became of them.',
    labelNames: ['question', 'outcome'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'crowsnest_question_seconds',
    help: 'Time until a question was answered.',
    labelNames: ['question'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  })
  return {
    content_type: registry.contentType,
    asked(question: string, outcome: string, took_ms: number): void {
      questions.inc({ question, outcome })
      if (outcome === 'answered') seconds.observe({ question }, took_ms / 1_000)
    },
    add(source: Source): void {
      sources.push(source)
    },
    async text(): Promise<string> {
      const families = await Promise.all(sources.map((source) => source()))
      return (await registry.metrics()) + families.flat().map(render).join('')
    },
  }
}

function render(family: Family | HistogramFamily): string {
  const { name, help, type } = family
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  if (family.type === 'histogram') return head + renderHistogram(name, family.histogram)
  return head + family.samples.map(({ labels, value }) => line(name, labels, value)).join('')
}

function renderHistogram(name: string, histogram: HistogramFamily['histogram']): string {
  let total = 0
  const buckets = histogram.counts.map((count, at) => {
    total += count
    const bound = histogram.bounds_ms[at]
    const le = bound === undefined ? '+Inf' : String(bound / 1_000)
    return line(`${name}_bucket`, { le }, total)
  })
  const sum = line(`${name}_sum`, undefined, histogram.sum_ms / 1_000)
  return buckets.join('') + sum + line(`${name}_count`, undefined, total)
}

function line(name: string, labels: Record<string, string> | undefined, value: number): string {
  const pairs = Object.entries(labels ?? {}).map(([key, text]) => `${key}="${escaped(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
