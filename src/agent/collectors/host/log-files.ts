/** Reads the machine's own log files, through rotation and cutting, from their ends on. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { CoverageRow } from '../../../model/kubernetes.ts'
import { Multiline } from '../../../pipeline/multiline.ts'
import { readHeadTime } from '../../../pipeline/syslog-time.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { encodeAttributes, encodeResource } from '../../../wire/otlp/encode-logs.ts'
import type { CollectorContext, Running } from '../../collector.ts'
import type { ReadRules } from '../../files/assembler.ts'
import { asRefused, type Refusal, resolveInside } from '../../files/confine.ts'
import { LogFamily } from '../../files/log-family.ts'
import { emptyFigures } from '../../files/log-figures.ts'
import { LogParts } from '../../files/log-parts.ts'
import { KnownPositions } from '../../files/position.ts'
import { HostFiles } from './host-files.ts'
import { hostResource } from './identity.ts'

/** Whose files they are. Each owner keeps its own positions, though two may read one file. */
export type LogFilesOwner = {
  prefix: string
  source: string
  rules: ReadRules
  /** Beside those of the machine. */
  attributes: Readonly<Record<string, string>>
}
/** What of the context is used, whichever integration it is of. */
export type LogFilesContext = Pick<
  CollectorContext<'host'>,
  'sink' | 'agent' | 'now_ms' | 'host_root' | 'every'
>

const turn_ms = 500
/** Paths may name files that are not there yet, and patterns files that come later. */
const discover_ms = 10_000

const multiline = new Multiline({ kind: 'auto', negate: false, match: 'after', lines_max: 500 })
const rules: ReadRules = {
  multilines: [multiline, multiline],
  parse_json: true,
  include_lines: [],
  exclude_lines: [],
  parsers: [undefined, undefined],
  parser_time: true,
  streams: [true, true],
}

const hostOwner: LogFilesOwner = {
  ...{ prefix: 'host_log_files/', source: 'host', rules, attributes: {} },
}

class LogFiles implements Running {
  readonly #owner: LogFilesOwner
  readonly #paths: readonly string[]
  readonly #except: ReadonlySet<string>
  readonly #context: LogFilesContext
  readonly #parts: LogParts
  readonly #known: KnownPositions
  readonly #resource: Uint8Array
  readonly #families = new Map<string, LogFamily>()
  readonly #refused = new Map<string, Refusal>()
  readonly #end: () => void
  #turn: Promise<void> | undefined
  #discovered_ms = Number.NEGATIVE_INFINITY
  #failure = ''

  constructor(
    paths: readonly string[],
    context: LogFilesContext,
    except: ReadonlySet<string>,
    owner: LogFilesOwner,
  ) {
    const { prefix } = owner
    this.#owner = owner
    const { sink, agent, now_ms, host_root } = context
    this.#paths = paths
    this.#except = except
    this.#context = context
    this.#parts = new LogParts({ prefix, version: agent.version, sink, now_ms })
    this.#known = new KnownPositions(sink.positions(prefix), prefix)
    const machine = hostResource(new HostFiles(host_root), agent)
    this.#resource = encodeResource({ ...machine, ...owner.attributes })
    this.#end = context.every(turn_ms, () => this.#next())
  }

  health(): ReturnType<Running['health']> {
    const denied = [...this.#refused].filter(
      ([path, why]) => why !== 'gone' && this.#isOwn(path, why),
    )
    const message = [
      this.#failure,
      ...denied.map(([path, why]) => `${path} cannot be read (${why})`),
    ]
      .filter((one) => one !== '')
      .join('; ')
    return { state: message === '' ? 'healthy' : 'degraded', message }
  }

  coverage(): CoverageRow[] {
    const time_ms = this.#context.now_ms()
    const row: CoverageRow = {
      ...{
        time_ms,
        source: this.#owner.source,
        signal: 'logs',
        namespace: '',
        workload: '',
        pod: '',
      },
      ...{ state: 'arriving', reason: '', detail: '', lag_s: 0, records: 0, dropped: 0 },
    }
    const rows: CoverageRow[] = []
    for (const [path, family] of this.#families) {
      const { figures } = family
      family.figures = emptyFigures()
      rows.push({ ...row, detail: path, records: figures.records })
      const lost = figures.rotated_away_bytes + figures.truncated_bytes
      if (lost === 0) continue
      const reason = figures.truncated_bytes > 0 ? 'truncated' : 'rotated_away'
      const detail = `${path}: ${lost} bytes were gone before they were read`
      rows.push({ ...row, state: 'dropped', reason, detail, dropped: 1 })
    }
    if (this.#families.size === 0 && this.#discovered_ms > 0) {
      const detail = `No such file is here: ${this.#paths.join(', ')}`.slice(0, 2048)
      rows.push({ ...row, state: 'blind', reason: 'no_file', detail })
    }
    const denied = [...this.#refused].filter(([, refusal]) => refusal !== 'gone')
    if (denied.length > 0) {
      const isRight = denied.every(([, refusal]) => refusal === 'permission')
      const named = denied.map(([path, refusal]) => `${path} (${refusal})`).join(', ')
      const detail = `Cannot be read: ${named}`.slice(0, 2048)
      rows.push({ ...row, state: 'blind', reason: isRight ? 'permission' : 'unreadable', detail })
    }
    return rows
  }

  /** What a pattern found may be another's: that it cannot be read is told, but is no fault. */
  #isOwn(path: string, refusal: Refusal): boolean {
    return refusal !== 'permission' || this.#paths.includes(path)
  }

  async stop(): Promise<void> {
    this.#end()
    await this.#turn
    await this.#parts.chunks.cut()
    for (const family of this.#families.values()) family.close(false)
  }

  #next(): void {
    if (this.#turn !== undefined) return
    this.#turn = this.#run()
      .then(() => {
        this.#failure = ''
      })
      .catch((error: Error) => {
        this.#failure = `reading stopped: ${error.message}`
      })
      .finally(() => {
        this.#turn = undefined
      })
  }

  async #run(): Promise<void> {
    await this.#parts.chunks.resend()
    const now_ms = this.#context.now_ms()
    if (now_ms - this.#discovered_ms >= discover_ms) {
      this.#discovered_ms = now_ms
      for (const path of this.#paths) this.#discover(path)
    }
    for (let hasMore = true; hasMore; ) {
      hasMore = false
      for (const [path, family] of this.#families) {
        if (await family.poll()) hasMore = true
        if (family.refusal === undefined) this.#refused.delete(path)
        else this.#refused.set(path, family.refusal.refusal)
      }
      if (this.#parts.chunks.isDue) await this.#parts.chunks.cut()
    }
  }

  /** A `*` in a path's last part stands for any letters. */
  #discover(path: string): void {
    try {
      const dir = resolveInside(this.#context.host_root, dirname(path))
      const wanted = basename(path)
      if (!wanted.includes('*')) {
        this.#add(path, dir)
        return
      }
      const parts = wanted.split('*')
      for (const name of readdirSync(dir)) {
        if (isLike(parts, name) && !/\.(?:gz|xz|bz2|zst|\d+)$/.test(name)) {
          this.#add(join(dirname(path), name), dir)
        }
      }
    } catch (error) {
      this.#refused.set(path, asRefused(error, path).refusal)
    }
  }

  #add(path: string, allowed: string): void {
    if (this.#families.has(path) || this.#except.has(path)) return
    const target = resolveInside(this.#context.host_root, path)
    const attributes = viewOf(encodeAttributes({ 'log.file.path': path }))
    const { rules } = this.#owner
    const family = new LogFamily(
      {
        ...{ dir: dirname(target), base: basename(target), roots: [allowed], kind: 'plain', rules },
        attributes: [attributes, attributes],
        resource: () => this.#resource,
        known: this.#known,
        lineTime: (bytes, start, end) => readHeadTime(bytes, start, end, this.#context.now_ms()),
      },
      this.#parts,
    )
    this.#families.set(path, family)
  }
}

/** Whether the name is the parts in this order, with anything between them. */
function isLike(parts: readonly string[], name: string): boolean {
  const last = parts.length - 1
  if (!name.startsWith(parts[0]!) || !name.endsWith(parts[last]!)) return false
  let at = parts[0]!.length
  for (const part of parts.slice(1, last)) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - parts[last]!.length
}

export function startLogFiles(
  paths: readonly string[],
  context: LogFilesContext,
  except: ReadonlySet<string> = new Set(),
  owner: LogFilesOwner = hostOwner,
): Running {
  return new LogFiles(paths, context, except, owner)
}
