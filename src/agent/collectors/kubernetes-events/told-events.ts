/**
 * Which events were told and how often they had happened then, so that neither a list nor a restart
 * tells one twice. Kept with the chunks, in parts: a chunk carries only the parts it changed.
 */
import type { EventRow } from '../../../model/kubernetes.ts'
import type { Sink } from '../../collector.ts'
import { hashOf } from '../kubernetes-objects/told-object.ts'

const prefix = 'kubernetes_events/'
const parts = 256
/** The API forgets an event after an hour; a cluster may keep them longer. */
const events_max = 20_000
const uid_letters = 12

export class ToldEvents {
  /** Uid to count, oldest first. */
  readonly #counts: Map<string, number>[]
  #size = 0

  constructor(sink: Pick<Sink, 'positions'>) {
    this.#counts = Array.from({ length: parts }, () => new Map<string, number>())
    for (const [key, text] of sink.positions(prefix)) {
      const part = this.#counts[Number(key.slice(prefix.length))]
      if (part !== undefined) for (const [uid, count] of readPart(text)) part.set(uid, count)
    }
    this.#size = this.#counts.reduce((sum, { size }) => sum + size, 0)
  }

  /** Answers the position to keep with the row; undefined when this was told before. */
  tell({ event_uid, count }: EventRow): Readonly<Record<string, string>> | undefined {
    const key = hashOf(event_uid).slice(0, uid_letters)
    const at = (key.charCodeAt(0) * 64 + key.charCodeAt(1)) % parts
    const part = this.#counts[at]!
    const before = part.get(key)
    if (before !== undefined && before >= count) return undefined
    part.delete(key)
    part.set(key, count)
    this.#size += before === undefined ? 1 : 0
    if (part.size > events_max / parts) {
      part.delete(part.keys().next().value!)
      this.#size--
    }
    return { [prefix + at]: [...part].map(([uid, told]) => `${uid}:${told}`).join(' ') }
  }

  get size(): number {
    return this.#size
  }
}

function readPart(text: string): [string, number][] {
  return text.split(' ').flatMap((entry): [string, number][] => {
    const [uid = '', count = ''] = entry.split(':', 2)
    return uid === '' || !/^\d{1,15}$/.test(count) ? [] : [[uid, Number(count)]]
  })
}
