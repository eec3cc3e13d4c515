/** The Kubernetes API as the agent uses it: get, list in pages, watch. No secrets, no writes. */

export type ListAsk = {
  /** `/api/v1/pods`, `/apis/apps/v1/deployments`. */
  path: string
  field_selector?: string
  label_selector?: string
  /** Only metadata is sent: enough for names, labels, annotations and owners. */
  metadata_only?: boolean
  /** What is kept of an object; asked page by page, so that no list lies whole in memory. */
  keep?: (object: KubernetesObject) => KubernetesObject
  /** Pages are told as they come, and `listed` then has no items. */
  paged?: boolean
}

export type KubernetesObject = {
  kind?: string
  apiVersion?: string
  metadata: {
    name: string
    namespace?: string
    uid: string
    resourceVersion: string
    creationTimestamp?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string }[]
    managedFields?: { manager?: string; time?: string }[]
  }
  [key: string]: unknown
}

export type WatchEvent =
  | { type: 'added' | 'modified' | 'deleted'; object: KubernetesObject }
  /** Everything there is was told; `items` are alive, all others are gone. */
  | { type: 'listed'; items: readonly KubernetesObject[]; started_ms: number }
  /** Part of a list, asked for with `paged`; the first page forgets what came before. */
  | { type: 'page'; items: readonly KubernetesObject[]; is_first: boolean }
  /** It does not work now and is tried again; a connection that breaks once is not worth a word. */
  | { type: 'failed'; status: number; message: string }
  /** It works again after `failed`, from where it was. */
  | { type: 'recovered' }

/** The watch reads on when this is done: a slow listener slows the reading, nothing piles up. */
export type Tell = (event: WatchEvent) => void | Promise<void>

export type KubernetesApi = {
  /** Throws ApiError with status; 401 and 403 name the rule that is missing. */
  get<Body>(path: string): Promise<Body>
  text(path: string, options?: { accept?: string; timeout_ms?: number }): Promise<string>
  /**
   * Lists in pages, then watches with bookmarks; resumes from the last resourceVersion, lists again
   * after 410, backs off with full jitter. Never two lists of one path at once.
   */
  watch(ask: ListAsk, tell: Tell): { close(): void }
}
