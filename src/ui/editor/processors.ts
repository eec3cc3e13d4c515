/**
 * Data table: the processors of ingest pipelines and their options, for completion. What they do
 * and which options they really take is the pipeline room's; a test compares both.
 */

export type ProcessorOption = {
  name: string
  is_required: boolean
  /** What may be completed as its value; empty for a text of one's own. */
  values: readonly string[]
}
export type ProcessorKind = {
  type: string
  options: readonly ProcessorOption[]
  /** What is put where its name is completed, as JSON; #{} are the places to fill. */
  snippet: string
}

/** `field!` is required, `type=a|b` has choices, `override?` is true or false. */
function kind(type: string, options: string, snippet = ''): ProcessorKind {
  const own = [...options.split(' '), ...every.split(' ')].filter(Boolean).map(option)
  return { type, options: own, snippet: snippet || snippetOf(own) }
}

const every = 'if description tag ignore_failure? on_failure=[]'

function option(word: string): ProcessorOption {
  const [, name = '', mark = '', choices = ''] = /^(\w+)([!?=]?)(.*)$/.exec(word) ?? []
  if (mark === '?') return { name, is_required: false, values: ['true', 'false'] }
  if (mark === '=') return { name, is_required: false, values: choices.split('|').map(written) }
  return { name, is_required: mark === '!', values: [] }
}

function written(choice: string): string {
  return /^[[{]/.test(choice) ? choice : `"${choice}"`
}

function snippetOf(options: readonly ProcessorOption[]): string {
  const needed = options.filter(({ is_required }) => is_required)
  return `{ ${needed.map(({ name }) => `"${name}": "#{}"`).join(', ')} }`
}

const texts = 'field! target_field ignore_missing?'
const geo =
  'field! target_field database_file properties=[] first_only? ignore_missing? ' +
  'download_database_on_pipeline_creation?'
const types = 'integer|long|float|double|string|boolean|ip|auto'

export const processors: readonly ProcessorKind[] = [
  kind(
    'set',
    'field! value copy_from override? ignore_empty_value? media_type=application/json|text/plain',
    '{ "field": "#{}", "value": "#{}" }',
  ),
  kind(
    'append',
    'field! value copy_from allow_duplicates? ignore_empty_values? media_type',
    '{ "field": "#{}", "value": ["#{}"] }',
  ),
  kind('remove', 'field keep=[] ignore_missing?', '{ "field": "#{}" }'),
  kind('rename', 'field! target_field! ignore_missing? override?'),
  kind(
    'convert',
    `field! target_field type=${types} ignore_missing?`,
    '{ "field": "#{}", "type": "#{integer}" }',
  ),
  kind('lowercase', texts),
  kind('uppercase', texts),
  kind('trim', texts),
  kind('html_strip', texts),
  kind('urldecode', texts),
  kind('bytes', texts),
  kind('gsub', 'field! pattern! replacement! target_field ignore_missing?'),
  kind('split', 'field! separator! target_field preserve_trailing? ignore_missing?'),
  kind('join', 'field! separator! target_field'),
  kind(
    'grok',
    'field! patterns=[] pattern_definitions={} ecs_compatibility=disabled|v1 ' +
      'trace_match? ignore_missing?',
    '{ "field": "message", "patterns": ["#{%\\{COMBINEDAPACHELOG\\}}"] }',
  ),
  kind(
    'dissect',
    'field! pattern! append_separator ignore_missing?',
    '{ "field": "message", "pattern": "#{%\\{client.ip\\} %\\{+rest\\}}" }',
  ),
  kind(
    'date',
    'field! formats=["ISO8601"]|["UNIX_MS"]|["UNIX"] target_field timezone locale output_format',
    '{ "field": "#{}", "formats": ["#{ISO8601}"] }',
  ),
  kind(
    'json',
    'field! target_field add_to_root? add_to_root_conflict_strategy=replace|merge ' +
      'allow_duplicate_keys? strict_json_parsing?',
    '{ "field": "message", "add_to_root": true }',
  ),
  kind(
    'kv',
    'field! field_split! value_split! target_field include_keys=[] exclude_keys=[] prefix ' +
      'trim_key trim_value strip_brackets? ignore_missing?',
    '{ "field": "message", "field_split": " ", "value_split": "=" }',
  ),
  kind(
    'csv',
    'field! target_fields=[] separator quote trim? empty_value ignore_missing?',
    '{ "field": "message", "target_fields": ["#{}"] }',
  ),
  kind('pipeline', 'name! ignore_missing_pipeline?'),
  kind('drop', '', '{ "if": "#{ctx.log?.level == \'debug\'}" }'),
  kind('fail', 'message!'),
  kind(
    'foreach',
    'field! processor={} ignore_missing?',
    '{ "field": "#{}", "processor": { "#{uppercase}": { "field": "_ingest._value" } } }',
  ),
  kind('script', 'source id lang=painless params={}', '{ "source": """\n#{ctx.x = 1}\n""" }'),
  kind('dot_expander', 'field! path override?', '{ "field": "#{user.name}" }'),
  kind('user_agent', 'field! target_field properties=[] extract_device_type? ignore_missing?'),
  kind('geoip', geo),
  kind('ip_location', geo),
  kind(
    'fingerprint',
    'fields=[] target_field salt method=SHA-1|MD5|SHA-256|SHA-512|MurmurHash3 ignore_missing?',
    '{ "fields": ["#{}"] }',
  ),
  kind(
    'community_id',
    'source_ip source_port destination_ip destination_port iana_number icmp_type icmp_code ' +
      'transport target_field seed ignore_missing?',
    '{}',
  ),
  kind('sort', 'field! order=asc|desc target_field'),
  kind('reroute', 'destination dataset namespace', '{ "dataset": "#{}" }'),
  kind(
    'network_direction',
    'source_ip destination_ip target_field internal_networks=["private"] ' +
      'internal_networks_field ignore_missing?',
    '{ "internal_networks": ["private"] }',
  ),
  kind('uri_parts', 'field! target_field keep_original? remove_if_successful? ignore_missing?'),
  kind(
    'redact',
    'field! patterns=[] pattern_definitions={} prefix suffix ignore_missing? trace_redact?',
    '{ "field": "message", "patterns": ["#{%\\{EMAILADDRESS:email\\}}"] }',
  ),
  kind('terminate', '', '{ "if": "#{ctx.message == null}" }'),
  kind(
    'date_index_name',
    'field! date_rounding=d|M|y|h index_name_prefix index_name_format ' +
      'date_formats=[] timezone locale',
    '{ "field": "#{@timestamp}", "date_rounding": "d" }',
  ),
  kind('set_security_user', 'field! properties=[]'),
]

const byType = new Map(processors.map((one) => [one.type, one]))

export function processorOf(type: string): ProcessorKind | undefined {
  return byType.get(type)
}
