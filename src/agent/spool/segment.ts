/** One append-only file of chunks of one signal, and what of it still has to be sent. */
import type { ChunkSignal } from '../collector.ts'
import type { Disk, SpoolFile } from './disk.ts'
import { type Frame, scanFrames } from './frame.ts'

const fileName = /^([a-z]+)-(\d{14})-([0-9a-f]{8})\.chunks$/

export class Segment {
  readonly path: string
  readonly seed: number
  readonly first_sequence: number
  last_sequence: number
  /** What is synced. */
  bytes = 0
  chunks = 0
  /** Chunks that the server has not acknowledged. */
  left = 0
  /** How many chunks were handed to the sender. */
  cursor = 0
  /** Known while it is written to or sent from; read again from the file when needed. */
  frames: Frame[] | undefined
  /** Parts of the file do not count: reading the index again would find them. */
  keepsIndex = false
  /** Takes appends. */
  file: SpoolFile | undefined

  constructor(path: string, first_sequence: number, seed: number) {
    this.path = path
    this.first_sequence = first_sequence
    this.last_sequence = first_sequence - 1
    this.seed = seed
  }

  static named(dir: string, signal: ChunkSignal, sequence: number, seed: number): Segment {
    const name = `${signal}-${String(sequence).padStart(14, '0')}`
    const path = `${dir}/${name}-${seed.toString(16).padStart(8, '0')}.chunks`
    return new Segment(path, sequence, seed)
  }

  /** Undefined when the name is not one of ours. */
  static found(dir: string, name: string): { signal: string; segment: Segment } | undefined {
    const [, signal, sequence, seed] = fileName.exec(name) ?? []
    if (signal === undefined) return undefined
    const path = `${dir}/${name}`
    return { signal, segment: new Segment(path, Number(sequence), Number.parseInt(seed!, 16)) }
  }

  add(frame: Frame): void {
    this.frames?.push(frame)
    this.chunks++
    this.left++
    this.last_sequence = frame.sequence
  }

  async load(disk: Disk): Promise<Frame[]> {
    if (this.frames !== undefined) return this.frames
    const file = await disk.read(this.path)
    const { frames } = scanFrames(file.subarray(0, this.bytes), this.seed, { bodies: false })
    this.frames = frames
    return frames
  }

  /** Its index costs memory and can be read again. */
  unload(): void {
    if (this.file === undefined && !this.keepsIndex) this.frames = undefined
  }
}
