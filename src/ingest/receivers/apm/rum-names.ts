/** Data table: the short names of browsers' events (intake v3), and what they stand for. */

/** Short name to long name; an object or a list of objects has names of its own inside. */
export type ShortNames = { readonly [short: string]: string | readonly [string, ShortNames] }

const versioned: ShortNames = { n: 'name', ve: 'version' }
const connection: ShortNames = { t: 'type' }
const user: ShortNames = { id: 'id', em: 'email', un: 'username', ud: 'domain' }

const service: ShortNames = {
  n: 'name',
  ve: 'version',
  en: 'environment',
  a: ['agent', versioned],
  fw: ['framework', versioned],
  la: ['language', versioned],
  ru: ['runtime', versioned],
}

export const metadataNames: ShortNames = {
  l: 'labels',
  se: ['service', service],
  u: ['user', user],
  n: ['network', { c: ['connection', connection] }],
}

const sizes: ShortNames = {
  dbs: 'decoded_body_size',
  ebs: 'encoded_body_size',
  ts: 'transfer_size',
}

const frame: ShortNames = {
  ap: 'abs_path',
  cn: 'classname',
  cli: 'context_line',
  f: 'filename',
  fn: 'function',
  mo: 'module',
  poc: 'post_context',
  prc: 'pre_context',
  co: 'colno',
  li: 'lineno',
}

const context: ShortNames = {
  cu: 'custom',
  g: 'tags',
  se: ['service', service],
  u: ['user', user],
  q: ['request', { en: 'env', he: 'headers', hve: 'http_version', mt: 'method' }],
  p: ['page', { rf: 'referer', url: 'url' }],
  r: ['response', { ...sizes, he: 'headers', sc: 'status_code' }],
}

const destination: ShortNames = {
  ad: 'address',
  po: 'port',
  se: ['service', { n: 'name', rc: 'resource', t: 'type' }],
}

const spanContext: ShortNames = {
  g: 'tags',
  se: ['service', { n: 'name', a: ['agent', versioned] }],
  dt: ['destination', destination],
  h: ['http', { mt: 'method', url: 'url', sc: 'status_code', r: ['response', sizes] }],
}

/** Beside them `pi`, the index of the parent among the transaction's spans. */
export const spanNames: ShortNames = {
  n: 'name',
  st: ['stacktrace', frame],
  t: 'type',
  su: 'subtype',
  ac: 'action',
  id: 'id',
  o: 'outcome',
  c: ['context', spanContext],
  sr: 'sample_rate',
  s: 'start',
  d: 'duration',
  sy: 'sync',
}

const experience: ShortNames = { cls: 'cls', fid: 'fid', tbt: 'tbt', inp: 'inp', lt: 'longtask' }

/** Beside them `y`, the spans, `me`, the metricsets, and `k`, the marks. */
export const transactionNames: ShortNames = {
  tid: 'trace_id',
  t: 'type',
  rt: 'result',
  id: 'id',
  n: 'name',
  o: 'outcome',
  pid: 'parent_id',
  ses: ['session', { id: 'id', seq: 'sequence' }],
  c: ['context', context],
  exp: ['experience', experience],
  yc: ['span_count', { dd: 'dropped', sd: 'started' }],
  sr: 'sample_rate',
  d: 'duration',
  sm: 'sampled',
}

const exception: ShortNames = {
  at: 'attributes',
  cd: 'code',
  mg: 'message',
  mo: 'module',
  st: ['stacktrace', frame],
  t: 'type',
  hd: 'handled',
}

export const errorNames: ShortNames = {
  id: 'id',
  cl: 'culprit',
  pid: 'parent_id',
  tid: 'trace_id',
  xid: 'transaction_id',
  timestamp: 'timestamp',
  x: ['transaction', { n: 'name', t: 'type', sm: 'sampled' }],
  c: ['context', context],
  ex: ['exception', { ...exception, ca: ['cause', exception] }],
  log: [
    'log',
    {
      lv: 'level',
      ln: 'logger_name',
      mg: 'message',
      pmg: 'param_message',
      st: ['stacktrace', frame],
    },
  ],
}

export const metricsetSpanNames: ShortNames = { t: 'type', su: 'subtype' }

export const markGroupNames: ReadonlyMap<string, string> = new Map([
  ['a', 'agent'],
  ['nt', 'navigationTiming'],
])

export const markNames: ReadonlyMap<string, string> = new Map([
  ['ce', 'connectEnd'],
  ['cs', 'connectStart'],
  ['dc', 'domComplete'],
  ['de', 'domContentLoadedEventEnd'],
  ['di', 'domInteractive'],
  ['dl', 'domLoading'],
  ['ds', 'domContentLoadedEventStart'],
  ['ee', 'loadEventEnd'],
  ['es', 'loadEventStart'],
  ['fb', 'timeToFirstByte'],
  ['fp', 'firstContentfulPaint'],
  ['fs', 'fetchStart'],
  ['le', 'domainLookupEnd'],
  ['lp', 'largestContentfulPaint'],
  ['ls', 'domainLookupStart'],
  ['re', 'responseEnd'],
  ['rs', 'responseStart'],
  ['qs', 'requestStart'],
])
