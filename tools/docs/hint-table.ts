/**
 * Data table: every annotation that steers the agent, an example of it, and what it does. A test
 * proves that each example changes what the agent does.
 */

export type Hint = { hint: string; example: string; says: string }

const elastic = 'co.elastic.logs/'
const metrics = 'co.elastic.metrics/'
const fluent = 'fluentbit.io/'

const logs = (hint: string, example: string, says: string): Hint => ({
  hint: `${elastic}${hint}`,
  example,
  says,
})
const asked = (hint: string, example: string, says: string): Hint => ({
  hint: `${metrics}${hint}`,
  example,
  says,
})

export const logHintTable: readonly Hint[] = [
  logs('enabled', 'false', 'false: the lines are not read.'),
  logs('stream', 'stderr', 'stdout, stderr or all: which stream is read.'),
  logs('module', 'nginx', 'The parser of a program: redis, nginx, postgresql, mysql.'),
  logs('fileset', 'access', 'Which of the module’s filesets read both streams.'),
  logs('fileset.stdout', 'access', 'Which of them read stdout.'),
  logs('fileset.stderr', 'error', 'Which of them read stderr.'),
  logs('multiline.type', 'while_pattern', 'pattern, count or while_pattern.'),
  logs('multiline.pattern', '^\\[', 'Regular expression (RE2) of lines that belong together.'),
  logs('multiline.negate', 'true', 'Lines that do not match belong together.'),
  logs('multiline.match', 'before', 'after or before: to which line they are joined.'),
  logs('multiline.flush_pattern', '^end', 'A line that ends the record.'),
  logs('multiline.count_lines', '3', 'With type count: lines in one record.'),
  logs('multiline.max_lines', '50', 'Lines in one record at most; 500 without it.'),
  logs('json.message_key', 'log', 'The member of a JSON line that is its message.'),
  logs('json.target', 'app', 'The member under which the others are put.'),
  logs('json.keys_under_root', 'false', 'false: the members are put under json.'),
  logs('json.add_error_key', 'true', 'A line that is no JSON says so in error.message.'),
  logs('include_lines', '^ERR, ^WARN', 'Only lines that match one of these; asked first.'),
  logs('exclude_lines', '^DBG', 'Lines that match one of these are left out.'),
  logs('processors.1.dissect.tokenizer', '%{a} %{b}', 'A processor of Beats and its options.'),
  {
    hint: 'co.elastic.hints/package',
    example: 'nginx',
    says: 'The module for logs and metrics, as Elastic Agent writes it.',
  },
  { hint: `${fluent}exclude`, example: 'true', says: 'true: the lines are not read.' },
  { hint: `${fluent}exclude_stderr`, example: 'true', says: 'The same of one stream.' },
  { hint: `${fluent}parser`, example: 'nginx', says: 'The parser of a program, or json.' },
  { hint: `${fluent}parser_stdout`, example: 'nginx', says: 'The same of one stream.' },
]

export const metricHintTable: readonly Hint[] = [
  asked('enabled', 'false', 'false: the pod is not asked.'),
  asked('module', 'redis', 'prometheus, redis, nginx, postgresql or mysql.'),
  asked('hosts', `$\{data.host}:7000`, 'Where: an address of the pod itself, never another.'),
  asked('metricsets', 'info', 'Which parts of the module; all without it.'),
  asked('period', '10s', 'How often; 1m without it.'),
  asked('timeout', '2s', 'How long an answer is waited for; 3s without it.'),
  asked('metrics_path', '/custom', 'Path of the page.'),
  asked('username', 'reader', 'User of the program or page.'),
  asked('password', 'secret', 'Its password. Annotations are no place for one that matters.'),
  asked('ssl.verification_mode', 'none', 'Any ssl option: the page is asked by https.'),
  asked(
    'metrics_filters.include',
    '^up, ^go_',
    'Only scraped metrics whose names match one of these (RE2).',
  ),
  asked('metrics_filters.exclude', '^go_', 'Not these.'),
]

export const scrapeHintTable: readonly Hint[] = [
  { hint: 'prometheus.io/scrape', example: 'true', says: 'true: the pod or service is scraped.' },
  { hint: 'prometheus.io/port', example: '9100', says: 'Port; all declared ones without it.' },
  { hint: 'prometheus.io/path', example: '/stats', says: 'Path; /metrics without it.' },
  { hint: 'prometheus.io/scheme', example: 'https', says: 'http or https.' },
]

export const resourceHintTable: readonly Hint[] = [
  {
    hint: 'resource.opentelemetry.io/service.name',
    example: 'cart',
    says: 'A resource attribute of the pod’s logs, metrics and traces: any name after the slash.',
  },
]
