/** The facts of one audit event, each read once: the row, the fields and the sentence use them. */
import { type AuditStage, auditStages } from '../../../model/security.ts'
import { cut, lineAt, objectAt, type Sent, timeAt, wordAt, wordsAt } from '../security/sent.ts'
import { isClusterWide, singular } from './resource-words.ts'

export type AuditFacts = {
  audit_id: string
  stage: AuditStage
  level: string
  verb: string
  uri: string
  query: URLSearchParams
  user: string
  impersonated: string
  source_ips: readonly string[]
  /** The last one is who connected; those before it anybody can write. */
  source_ip: string
  user_agent: string
  /** The program: kubectl. */
  client: string
  resource: string
  subresource: string
  api_group: string
  api_version: string
  namespace: string
  name: string
  uid: string
  code: number
  status_reason: string
  status_message: string
  decision: string
  reason: string
  received_ns: bigint | undefined
  stage_ns: bigint | undefined
  request: Sent
  response: Sent
}

/** Undefined when it is no event of the audit log: it has no id, or a stage nobody knows. */
export function factsOf(sent: Sent): AuditFacts | undefined {
  const audit_id = wordAt(sent, 'auditID')
  const stage = wordAt(sent, 'stage') as AuditStage
  if (audit_id === '' || !auditStages.includes(stage)) return undefined
  const about = objectAt(sent, 'objectRef')
  const status = objectAt(sent, 'responseStatus')
  const annotations = objectAt(sent, 'annotations')
  const request = objectAt(sent, 'requestObject')
  const response = objectAt(sent, 'responseObject')
  const source_ips = wordsAt(sent, 'sourceIPs')
  const user_agent = wordAt(sent, 'userAgent')
  const uri = lineAt(sent, 'requestURI')
  const code = Number(wordAt(status, 'code'))
  return {
    ...{ audit_id, stage, level: wordAt(sent, 'level'), verb: wordAt(sent, 'verb'), uri },
    query: new URLSearchParams(uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : ''),
    user: wordAt(objectAt(sent, 'user'), 'username'),
    impersonated: wordAt(objectAt(sent, 'impersonatedUser'), 'username'),
    ...{ source_ips, source_ip: source_ips.at(-1) ?? '' },
    ...{ user_agent, client: clientOf(user_agent) },
    resource: wordAt(about, 'resource'),
    subresource: wordAt(about, 'subresource'),
    api_group: wordAt(about, 'apiGroup'),
    api_version: wordAt(about, 'apiVersion'),
    namespace: wordAt(about, 'namespace'),
    name: wordAt(about, 'name') || nameIn(response) || nameIn(request),
    uid: wordAt(about, 'uid') || wordAt(objectAt(response, 'metadata'), 'uid'),
    code: code > 0 && code < 1000 ? Math.floor(code) : 0,
    status_reason: wordAt(status, 'reason'),
    status_message: lineAt(status, 'message'),
    decision: wordAt(annotations, 'authorization.k8s.io/decision'),
    reason: lineAt(annotations, 'authorization.k8s.io/reason'),
    received_ns: timeAt(sent, 'requestReceivedTimestamp'),
    stage_ns: timeAt(sent, 'stageTimestamp'),
    ...{ request, response },
  }
}

/** What is created with a generated name has it in the answer; a list or a status has none. */
function nameIn(object: Sent): string {
  const kind = wordAt(object, 'kind')
  return kind === 'Status' || kind.endsWith('Review')
    ? ''
    : wordAt(objectAt(object, 'metadata'), 'name')
}

/** `kubectl/v1.31.0 (linux/amd64) kubernetes/9edcffc` is kubectl. */
function clientOf(user_agent: string): string {
  if (user_agent.startsWith('Mozilla/')) return 'browser'
  return cut(user_agent.split(/[/\s]/, 1)[0] ?? '', 64)
}

/** `pod shop/cart-1`, `node n1`, `deployment shop/cart`. */
export function objectOf({ resource, namespace, name }: AuditFacts): string {
  const where = namespace === '' || isClusterWide(resource) ? '' : `${namespace}/`
  return `${singular(resource)} ${where}${name}`
}

export function isDenied({ code, decision }: AuditFacts): boolean {
  return decision === 'forbid' || code === 401 || code === 403
}
