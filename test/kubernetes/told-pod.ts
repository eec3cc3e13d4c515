/** Objects of made-up pods and deployments, as far as screens read them. */
import type { ObjectRow } from '../../src/model/kubernetes.ts'

const resources = {
  requests: { cpu: '250m', memory: '256Mi' },
  limits: { cpu: '1', memory: '512Mi' },
}

type Pod = Pick<ObjectRow, 'namespace' | 'name' | 'status' | 'workload'> & { restarts: number }

/** A container that was started again has told how it ended the last time. */
export function podObject(pod: Pod, ended_ms: number): object {
  const { namespace, name, status, workload, restarts } = pod
  const isRunning = status === 'Running'
  const finishedAt = new Date(ended_ms).toISOString()
  const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt }
  return {
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: workload } },
    spec: { containers: [{ name: workload, image: `shop/${workload}:2.3.1`, resources }] },
    status: {
      podIP: '10.1.0.7',
      qosClass: 'Burstable',
      containerStatuses: [
        {
          name: workload,
          ready: isRunning,
          restartCount: restarts,
          state: isRunning ? { running: {} } : { waiting: { reason: status } },
          ...(restarts > 0 ? { lastState: { terminated } } : {}),
        },
      ],
    },
  }
}

export function deploymentObject(name: string, image: string): object {
  return {
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: { spec: { containers: [{ name, image, resources }] } },
    },
    status: { readyReplicas: 3 },
  }
}
