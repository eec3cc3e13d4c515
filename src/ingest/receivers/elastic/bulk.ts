/**
 * Documents into rows: what each action of a request comes to, whether its document was stored
 * before, and which signal it is. Leaves reading lines to bulk-lines.ts, HTTP to bulk-routes.ts.
 */
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { RecordContext } from '../../receiver.ts'
import { jsonProblem, readJsonObject } from '../../records/json-reader.ts'
import { LogRows } from '../../records/log-rows.ts'
import type { BulkItem } from './bulk-answer.ts'
import { type BulkAction, eachAction } from './bulk-lines.ts'
import { documentError } from './document-errors.ts'
import { addIndex } from './document-index.ts'
import { type IndexName, indexName } from './index-name.ts'
import {
  contentHash,
  documentKey,
  type KnownDocument,
  KnownDocuments,
  storedDocuments,
  writeDocuments,
} from './known-documents.ts'
import { isMetrics, MetricDocuments } from './metric-documents.ts'
import { upsertOf } from './upsert.ts'

const rows = new LogRows()
const metrics = new MetricDocuments()

export type BulkRequest = {
  /** From the path; '' when the actions name theirs. */
  index: string
  pipeline: string
  /** Whose documents: the same id of another cluster is another document. */
  cluster: string
  now_ms: number
}

export class BulkRun {
  readonly items: BulkItem[] = []
  readonly indices = new Set<IndexName>()
  /** False while nothing was decoded: the request is a repeated one. */
  isDone = false
  readonly #request: BulkRequest
  /** Ids of this request, remembered when it is durable. */
  readonly #own: KnownDocument[] = []
  readonly #ownKnown = new KnownDocuments()
  /** Items that are exactly what was stored before. */
  #repeated = 0
  #body: Uint8Array = nothing
  #view: DataView = viewOf(nothing)
  #metricDocuments = 0

  constructor(request: BulkRequest) {
    this.#request = request
  }

  /** Reads the body and stores its documents into the batch. */
  decode = (body: Uint8Array, context: RecordContext, batch: Batch): DecodeOutcome =>
    this.#decode(body, context, batch, () =>
      eachAction(body, (action, start, end) => this.#action(action, start, end)),
    )

  #decode(body: Uint8Array, context: RecordContext, batch: Batch, run: () => void): DecodeOutcome {
    this.#open(body)
    this.isDone = true
    rows.open(context, batch)
    metrics.open(context)
    run()
    const outcome = rows.outcome('documents')
    const { message } = metrics.store(context, batch)
    writeDocuments(batch, this.#own, context.arrived_ms)
    outcome.accepted += this.#metricDocuments
    if (message !== '') outcome.message = `${outcome.message} ${message}`.trim()
    return outcome
  }

  /** The same for one document that is the whole body. */
  decodeOne(action: BulkAction) {
    return (body: Uint8Array, context: RecordContext, batch: Batch): DecodeOutcome =>
      this.#decode(body, context, batch, () => this.#action(action, 0, body.length))
  }

  /** Answers a request whose documents are all stored. */
  repeat(body: Uint8Array): void {
    this.#open(body)
    eachAction(body, (action, start, end) => {
      const index = this.#index(action)
      const item = this.#item(action, index.backing)
      rows.record.clear()
      if (action.operation === 'delete') gone(item)
      else if (readJsonObject(rows.record, body, this.#view, start, end)) noop(item)
      else Object.assign(item, documentError('document_malformed', problemText()))
    })
    rows.record.clear()
  }

  /** To be called when the document is durable. */
  commitOne(): void {
    for (const [key, content] of this.#own) storedDocuments.set(key, content)
  }

  /** To be called when the request is durable. */
  commit(): void {
    this.commitOne()
    // A chunk of which every document is here already would be sent again and again for its 409s.
    if (this.items.length > 0 && this.#repeated === this.items.length) this.items.forEach(noop)
  }

  #open(body: Uint8Array): void {
    this.items.length = 0
    this.#own.length = 0
    this.#repeated = this.#metricDocuments = 0
    this.#body = body
    this.#view = viewOf(body)
  }

  #index({ index }: BulkAction): IndexName {
    return indexName(index || this.#request.index, this.#request.now_ms)
  }

  #item({ operation, id }: BulkAction, index: string): BulkItem {
    const item: BulkItem = { operation, index, id, status: 201, result: 'created' }
    this.items.push(item)
    return item
  }

  #action(action: BulkAction, start: number, end: number): void {
    const index = this.#index(action)
    const item = this.#item(action, index.backing)
    const { problem } = index
    if (problem !== '') {
      refuseName(item, index.name, problem, this.#body.subarray(start, end))
    } else if (action.operation === 'delete') gone(item)
    else if (action.operation !== 'update') this.#document(action, item, index, start, end)
    else {
      const sample = this.#body.subarray(start, end)
      const upsert = upsertOf(sample)
      if (typeof upsert !== 'string') this.#upsert(action, item, index, upsert)
      else this.#refuse(item, 'operation_unsupported', upsert, sample)
    }
  }

  #upsert(action: BulkAction, item: BulkItem, index: IndexName, document: Uint8Array): void {
    const { body, view } = this.#swap(document, viewOf(document))
    this.#document(action, item, index, 0, document.length)
    this.#swap(body, view)
  }

  #swap(body: Uint8Array, view: DataView) {
    const before = { body: this.#body, view: this.#view }
    this.#body = body
    this.#view = view
    return before
  }

  #refuse(item: BulkItem, reason: RejectReason, detail: string, sample: Uint8Array): void {
    rows.refuse(reason, detail, sample)
    Object.assign(item, documentError(reason, detail))
  }

  #document(
    action: BulkAction,
    item: BulkItem,
    index: IndexName,
    start: number,
    end: number,
  ): void {
    const { id } = action
    if (id === undefined) {
      this.#store(action, item, index, start, end)
      return
    }
    const key = documentKey(this.#request.cluster, index.name, id)
    const content = contentHash(this.#view, start, end)
    const before = this.#ownKnown.get(key) || storedDocuments.get(key)
    if (before !== 0 && this.#isAnswered(action, item, before === content, start, end)) return
    if (!this.#store(action, item, index, start, end)) return
    this.#ownKnown.set(key, content)
    this.#own.push([key, content])
  }

  /** What an action under a known id comes to; false when its document is to be stored. */
  #isAnswered(
    { operation }: BulkAction,
    item: BulkItem,
    isSame: boolean,
    start: number,
    end: number,
  ): boolean {
    if (isSame) this.#repeated++
    if (operation === 'create') {
      conflict(item)
      const reason = item.error!.reason
      if (!isSame) {
        rows.refuse('operation_unsupported', reason, this.#body.subarray(start, end))
      }
      return true
    }
    if (isSame) noop(item)
    else Object.assign(item, { status: 200, result: 'updated' })
    return isSame
  }

  /** False when the document was refused: corrected, it may come again under its id. */
  #store(
    action: BulkAction,
    item: BulkItem,
    index: IndexName,
    start: number,
    end: number,
  ): boolean {
    this.indices.add(index)
    const { record } = rows
    record.clear()
    record.sent(this.#body, start, end)
    if (!readJsonObject(record, this.#body, this.#view, start, end)) {
      const reason = jsonProblem.isTooDeep ? 'nesting_too_deep' : 'document_malformed'
      this.#refuse(item, reason, problemText(), this.#body.subarray(start, end))
      return false
    }
    addIndex(record, index, action.id)
    if (!isMetrics(record, index)) return this.#row(action, item, index)
    const verdict = metrics.add(record)
    // What has no figures, or a message beside them, is a record that people read.
    if (verdict === 'none' || verdict === 'told') return this.#row(action, item, index)
    if (verdict === '') this.#metricDocuments++
    else this.#refuse(item, verdict, '', this.#body.subarray(start, end))
    return verdict === ''
  }

  /** A row of logs, after the pipelines of its data set. */
  #row(action: BulkAction, item: BulkItem, index: IndexName): boolean {
    const pipeline = action.pipeline ?? this.#request.pipeline
    rows.index = index.name
    rows.asked = pipeline === '' || pipeline === '_none' ? none : [pipeline]
    const verdict = rows.store()
    if (verdict === 'dropped') Object.assign(item, { status: 200, result: 'noop' })
    if (verdict === '' || verdict === 'dropped') return true
    Object.assign(item, documentError(verdict, rows.detail))
    return false
  }
}

const nothing = new Uint8Array(0)
const none: readonly string[] = []

function noop(item: BulkItem): void {
  Object.assign(item, { status: 200, result: 'noop', error: undefined })
}

/** Records are kept as they came: there is nothing that could be deleted. */
function gone(item: BulkItem): void {
  Object.assign(item, { status: 200, result: 'not_found' })
}

function conflict(item: BulkItem): void {
  const type = 'version_conflict_engine_exception'
  const reason = `[${item.id}]: version conflict, document already exists`
  Object.assign(item, { status: 409, result: '', error: { type, reason } })
}

function refuseName(item: BulkItem, name: string, problem: string, sample: Uint8Array): void {
  const reason = `Invalid index name [${name.slice(0, 100)}], ${problem}`
  rows.refuse('operation_unsupported', reason, sample)
  const error = { type: 'invalid_index_name_exception', reason }
  Object.assign(item, { status: 400, result: '', error })
}

function problemText(): string {
  return `failed to parse: ${jsonProblem.detail} at byte ${jsonProblem.at}`
}
