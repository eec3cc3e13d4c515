/**
 * Data table: other names for what security and audit events hold: ECS, Elastic's data set of audit
 * logs, the API server's own and Falco's. names.ts puts them with the others.
 */

export const securityNames: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.audit.verb': ['verb'],
  'user.name': ['kubernetes.audit.user.username', 'user.username', 'username'],
  'user.id': ['kubernetes.audit.user.uid'],
  'user.effective.name': [
    'kubernetes.audit.impersonatedUser.username',
    'impersonatedUser.username',
  ],
  'user_agent.original': ['kubernetes.audit.userAgent', 'userAgent'],
  'url.original': ['kubernetes.audit.requestURI', 'requestURI'],
  'source.ip': ['kubernetes.audit.sourceIPs', 'sourceIPs', 'source_ip'],
  'destination.ip': ['destination_ip'],
  'source.domain': ['source.address'],
  'destination.domain': ['destination.address'],
  'http.response.status_code': ['kubernetes.audit.responseStatus.code', 'responseStatus.code'],
  'event.outcome': ['outcome'],
  'rule.name': ['rule', 'falco.rule', 'tetragon.policy_name'],
  'falco.priority': ['priority'],
  'process.name': ['proc.name'],
  'process.command_line': ['proc.cmdline'],
  'process.executable': ['proc.exepath'],
  'process.pid': ['proc.pid'],
  'process.parent.name': ['proc.pname'],
  'process.parent.command_line': ['proc.pcmdline'],
  'kubernetes.audit.auditID': ['auditID'],
  'kubernetes.audit.stage': ['stage'],
  'kubernetes.audit.user.groups': ['user.groups'],
  'kubernetes.audit.impersonatedUser.groups': ['impersonatedUser.groups'],
  'dns.question.name': ['dns.query'],
}

/** What follows the prefix is the same under each of them. */
export const securityFamilies: readonly (readonly string[])[] = [
  ['kubernetes.audit.objectRef.', 'objectRef.'],
  ['kubernetes.audit.annotations.', 'annotations.'],
  ['kubernetes.audit.responseStatus.', 'responseStatus.'],
  ['falco.output_fields.', 'output_fields.'],
]
