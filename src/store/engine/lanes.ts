/**
 * Lanes of the embedded engine: a session runs one query at a time, so each lane has its own
 * sessions and a bounded queue. Knows nothing of HTTP.
 */
import { createRequire } from 'node:module'
import type { Session } from 'chdb'

export const laneSessions = { write: 1, page: 2, health: 1 } as const
export type LaneName = keyof typeof laneSessions

/** A longer queue would only hide that the engine cannot keep up. */
const waitingMax = 64
/** The engine stops queries at their time limit; one that runs on this much longer is stuck. */
const stuckAfter_ms = 30_000
const unlimited_s = 600

export class EngineError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

export type EngineQuery = {
  text: string
  format: string
  database: string
  settings: ReadonlyMap<string, string>
  /** Aborted when the client hung up: a waiting query is not started, a running one is killed. */
  signal: AbortSignal
}

type Slot = { session: Session; settings: ReadonlyMap<string, string>; database: string }
type Waiting = { query: EngineQuery; resolve: (bytes: Uint8Array) => void; reject: Reject }
type Reject = (error: unknown) => void
type LaneState = { idle: Slot[]; waiting: Waiting[]; slots: Slot[] }

export class EngineLanes {
  readonly #lanes: Record<LaneName, LaneState>
  readonly #open: () => Session
  readonly #onStuck: (query: EngineQuery) => void
  #started = 0

  constructor(
    dir: string,
    connectionArgs: readonly string[],
    onStuck: (query: EngineQuery) => void,
  ) {
    this.#onStuck = onStuck
    const chdb = createRequire(import.meta.url)('chdb') as { Session: typeof Session }
    this.#open = () => new chdb.Session(dir, { connectionArgs })
    const lane = (name: LaneName): LaneState => {
      const slots = Array.from({ length: laneSessions[name] }, () => ({
        session: this.#open(),
        settings: new Map<string, string>(),
        database: 'default',
      }))
      return { idle: [...slots], waiting: [], slots }
    }
    this.#lanes = { write: lane('write'), page: lane('page'), health: lane('health') }
  }

  run(name: LaneName, query: EngineQuery): Promise<Uint8Array> {
    const lane = this.#lanes[name]
    return new Promise((resolve, reject) => {
      if (lane.waiting.length >= waitingMax) {
        reject(new EngineError(202, `Code: 202. Too many queries wait (${waitingMax})`))
        return
      }
      lane.waiting.push({ query, resolve, reject })
      this.#next(lane)
    })
  }

  #next(lane: LaneState): void {
    while (lane.idle.length > 0 && lane.waiting.length > 0) {
      const { query, resolve, reject } = lane.waiting.shift()!
      if (query.signal.aborted) {
        reject(new EngineError(394, 'Code: 394. The client went away'))
        continue
      }
      const slot = lane.idle.pop()!
      this.#guarded(lane, slot, query)
        .then(resolve, reject)
        .finally(() => {
          lane.idle.push(slot)
          this.#next(lane)
        })
    }
  }

  /** Writes are never killed: whether they were finished is their token's matter. */
  async #guarded(lane: LaneState, slot: Slot, query: EngineQuery): Promise<Uint8Array> {
    const mark = `\n/* query ${++this.#started} */`
    const seconds = Number(query.settings.get('max_execution_time') ?? 0) || unlimited_s
    const timer = setTimeout(() => this.#onStuck(query), seconds * 1_000 + stuckAfter_ms)
    const kill = () => this.#kill(mark)
    const isWrite = lane === this.#lanes.write
    if (!isWrite) query.signal.addEventListener('abort', kill, { once: true })
    try {
      return await runOn(slot, isWrite ? query : { ...query, text: query.text + mark })
    } catch (error) {
      this.#reopen(slot)
      throw error
    } finally {
      clearTimeout(timer)
      query.signal.removeEventListener('abort', kill)
    }
  }

  /**
   * A session keeps what a failed query had already put out, and gives it to whoever asks next: to
   * another person, before their own answer. A new session costs 3 ms.
   */
  #reopen(slot: Slot): void {
    slot.session.close()
    slot.session = this.#open()
    slot.settings = new Map()
    slot.database = 'default'
  }

  #kill(mark: string): void {
    this.run('health', {
      text: `KILL QUERY WHERE endsWith(query, '${mark.trim()}') ASYNC`,
      format: 'Null',
      database: 'default',
      settings: new Map(),
      signal: new AbortController().signal,
    }).catch(() => {}) // Its time limit stops it then.
  }
}

async function runOn(slot: Slot, query: EngineQuery): Promise<Uint8Array> {
  try {
    if (slot.database !== query.database) {
      await slot.session.queryAsync(`USE \`${query.database}\``)
      slot.database = query.database
    }
    await applySettings(slot, query.settings)
    const result = await slot.session.queryAsync(query.text, { format: query.format })
    return result.bytes()
  } catch (error) {
    const { clickhouseCode } = error as { clickhouseCode?: number }
    const message = (error as Error).message
    throw new EngineError(clickhouseCode ?? Number(/Code: (\d+)/.exec(message)?.[1] ?? 0), message)
  }
}

/** Settings live on the session, so that they need no place in a text that may end in FORMAT. */
async function applySettings(slot: Slot, wanted: ReadonlyMap<string, string>): Promise<void> {
  const changes: string[] = []
  for (const [name, value] of wanted) {
    if (slot.settings.get(name) !== value) changes.push(`${name} = ${settingLiteral(value)}`)
  }
  for (const name of slot.settings.keys()) {
    if (!wanted.has(name)) changes.push(`${name} = DEFAULT`)
  }
  if (changes.length === 0) return
  await slot.session.queryAsync(`SET ${changes.join(', ')}`)
  slot.settings = wanted
}

export function settingLiteral(value: string): string {
  if (/^-?\d+(\.\d+)?$/.test(value)) return value
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`
}
