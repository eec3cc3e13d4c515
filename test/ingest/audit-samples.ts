/** Audit events as an API server sends them, made from the few words in which they differ. */
import { fixture_ms } from './decode-fixture.ts'

type Members = Record<string, unknown>
let made = 0

export function auditEvent(members: Members = {}, now_ms = fixture_ms): Members {
  const received = new Date(now_ms - 1_000).toISOString().replace('Z', '123Z')
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-${String(++made).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/default/secrets?limit=500',
    verb: 'list',
    user: { username: 'minikube-user', groups: ['system:masters', 'system:authenticated'] },
    sourceIPs: ['192.168.49.1'],
    userAgent: 'kubectl/v1.22.0 (linux/amd64) kubernetes/c2b5237',
    objectRef: { resource: 'secrets', namespace: 'default', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: received,
    stageTimestamp: received.replace('123Z', '999Z'),
    annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
    ...members,
  }
}

export function eventList(...items: Members[]): string {
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items })
}
