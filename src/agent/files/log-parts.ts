/** What all logs that one collector reads share: memory, open files, the chunk that is filled. */
import { JoinBudget } from '../../pipeline/join-buffer.ts'
import { encodeScope } from '../../wire/otlp/encode-logs.ts'
import type { Sink } from '../collector.ts'
import { LogChunks } from './log-chunks.ts'
import { OpenFiles } from './open-files.ts'
import { RecordWriter } from './record-writer.ts'
import { block_bytes } from './tail-file.ts'

/** A process may open 1024 files; sockets and the spool need theirs. */
const open_files_max = 512

export class LogParts {
  /** Where files are read into: one for all, for they are read one after another. */
  readonly block = Buffer.allocUnsafeSlow(block_bytes)
  readonly chunks: LogChunks
  readonly writer: RecordWriter
  readonly budget = new JoinBudget()
  readonly files: OpenFiles
  readonly scope: Uint8Array
  readonly now_ms: () => number
  /** Of the keys that positions are kept under. */
  readonly prefix: string

  constructor(options: {
    prefix: string
    version: string
    sink: Sink
    now_ms: () => number
    open_files_max?: number
  }) {
    this.prefix = options.prefix
    this.now_ms = options.now_ms
    this.chunks = new LogChunks(options.sink, options.now_ms)
    this.writer = new RecordWriter(this.chunks.encoder)
    this.files = new OpenFiles(options.open_files_max ?? open_files_max)
    this.scope = encodeScope('crowsnest.agent', options.version)
  }
}
