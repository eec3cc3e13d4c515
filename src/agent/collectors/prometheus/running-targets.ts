/**
 * The targets that run now, compared with the ones that are wanted: new ones start, those that are
 * no longer wanted end with their series. Who wants them is the collector's affair.
 */
import type { Logger } from 'pino'
import type { Component } from '../../../model/fleet.ts'
import type { CoverageRow } from '../../../model/kubernetes.ts'
import type { Running } from '../../collector.ts'
import type { PodInfo } from '../../kubernetes/cluster.ts'
import { type ModuleContext, startModuleTarget } from '../../modules/start.ts'
import { compileRelabel, relabelLabels } from '../../scrape/relabel.ts'
import { Scraper, type ScraperContext, type ScrapeTarget } from '../../scrape/scrape-target.ts'
import { Timetable } from '../../scrape/timetable.ts'
import type { Wanted, WantedScrape } from './wanted-target.ts'

type Entry = { spec: string; pod: PodInfo | undefined; failure: string } & (
  | { scraper: Scraper }
  | { running: Running | undefined }
)

export class RunningTargets {
  readonly #entries = new Map<string, Entry>()
  readonly #timetable: Timetable
  readonly #scraperContext: ScraperContext
  readonly #moduleContext: ModuleContext
  readonly #log: Logger

  constructor(scraperContext: ScraperContext, moduleContext: ModuleContext) {
    this.#scraperContext = scraperContext
    this.#moduleContext = moduleContext
    this.#log = moduleContext.log
    this.#timetable = new Timetable(scraperContext.now_ms)
  }

  get size(): number {
    return this.#entries.size
  }

  /** The first of two wanted targets with one address wins: a page is scraped once. */
  want(all: readonly Wanted[]): void {
    const chosen = new Map<string, Wanted>()
    const addresses = new Set<string>()
    for (const wanted of all) {
      const id = wanted.kind === 'scrape' ? wanted.target.id : wanted.id
      const address = wanted.kind === 'scrape' ? wanted.target.url : id
      if (addresses.has(address)) continue
      addresses.add(address)
      chosen.set(id, wanted)
    }
    for (const [id, entry] of this.#entries) if (!chosen.has(id)) this.#end(id, entry)
    for (const [id, wanted] of chosen) {
      const spec = specText(wanted)
      const known = this.#entries.get(id)
      if (known?.spec === spec) continue
      if (known !== undefined) this.#end(id, known)
      this.#entries.set(id, this.#start(id, wanted, spec))
    }
  }

  tick(): void {
    this.#timetable.tick()
  }

  health(): Pick<Component, 'state' | 'message'> {
    const failures: string[] = []
    for (const entry of this.#entries.values()) {
      const failure = failureOf(entry)
      if (failure !== '') failures.push(failure)
    }
    if (failures.length === 0) return { state: 'healthy', message: '' }
    const [first = ''] = failures
    const more = failures.length === 1 ? '' : ` And ${failures.length - 1} more targets.`
    const isAll = failures.length === this.#entries.size
    return { state: isAll ? 'failed' : 'degraded', message: `${first}${more}`.slice(0, 2048) }
  }

  coverage(time_ms: number): CoverageRow[] {
    return [...this.#entries.values()].flatMap((entry): CoverageRow[] => {
      if ('running' in entry && entry.running !== undefined) return entry.running.coverage()
      const failure = failureOf(entry)
      const isAsked = !('scraper' in entry) || entry.scraper.scrapes > 0
      if (!isAsked) return []
      const { pod } = entry
      const reason = 'scraper' in entry ? (entry.scraper.failure?.reason ?? '') : 'unreadable'
      return [
        {
          time_ms,
          source: 'prometheus',
          signal: 'metrics',
          namespace: pod?.namespace ?? '',
          workload: pod?.workload ?? '',
          pod: pod?.name ?? '',
          state: failure === '' ? 'arriving' : 'blind',
          reason: failure === '' ? '' : reason,
          detail: failure,
          lag_s: 0,
          records: 'scraper' in entry ? entry.scraper.takeSamples() : 0,
          dropped: 0,
        },
      ]
    })
  }

  async stop(): Promise<void> {
    const modules: Promise<void>[] = []
    for (const [id, entry] of this.#entries) modules.push(this.#end(id, entry))
    await Promise.all(modules)
  }

  #start(id: string, wanted: Wanted, spec: string): Entry {
    const { pod } = wanted
    try {
      if (wanted.kind === 'module') {
        const running = startModuleTarget(wanted.target, this.#moduleContext)
        return { spec, pod, failure: '', running }
      }
      const scraper = new Scraper(whole(wanted), this.#scraperContext)
      const { interval_ms } = wanted.target
      this.#timetable.set({ id, interval_ms, run: () => scraper.scrape() })
      return { spec, pod, failure: '', scraper }
    } catch (error) {
      const failure = (error as Error).message
      this.#log.warn({ target: id }, failure)
      return { spec, pod, failure, running: undefined }
    }
  }

  async #end(id: string, entry: Entry): Promise<void> {
    this.#entries.delete(id)
    this.#timetable.delete(id)
    if ('scraper' in entry) entry.scraper.close()
    else await entry.running?.stop()
  }
}

function failureOf(entry: Entry): string {
  if (entry.failure !== '') return entry.failure
  if ('scraper' in entry) return entry.scraper.failure?.sentence ?? ''
  return entry.running?.health().message ?? ''
}

/** What makes a target another one; the pod is in it through its resource. */
function specText(wanted: Wanted): string {
  const { target } = wanted
  return JSON.stringify([target, wanted.kind === 'scrape' ? wanted.metric_relabelings : []])
}

function whole({ target, metric_relabelings }: WantedScrape): ScrapeTarget {
  if (metric_relabelings.length === 0) return target
  const relabel = compileRelabel(metric_relabelings)
  return { ...target, relabel: (labels) => relabelLabels(relabel, labels) }
}
