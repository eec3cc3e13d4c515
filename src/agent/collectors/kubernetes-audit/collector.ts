/** The audit log that the API server writes to a file on machines of the control plane. */
import { eventFiles } from '../event-files.ts'

export const kubernetesAudit = eventFiles(
  'kubernetes_audit',
  'kubernetes.audit_logs',
  'kube-apiserver',
)
