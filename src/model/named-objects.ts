/** Objects that clients and people put under a name: templates, policies, pipelines. */

export const objectKinds = [
  'ilm_policy',
  'template',
  'index_template',
  'component_template',
  'ingest_pipeline',
  'data_stream',
  'alias',
  'index',
  'script',
  'cluster_setting',
  'apm_agent_config',
  'saved_search',
] as const
export type ObjectKind = (typeof objectKinds)[number]

export type NamedObject = {
  kind: ObjectKind
  name: string
  /** What JSON can hold. */
  body: unknown
  version: number
  updated_ms: number
  updated_by: string
}

/** Clients put what they like: together at most 256 MiB of text. */
export const named_object_limits = {
  objects_max: 4_000,
  name_bytes_max: 512,
  bytes_max: 4 * 1024 * 1024,
  all_bytes_max: 256 * 1024 * 1024,
} as const
