/** The horizontal pod autoscaler: replicas after processor use, with the events it writes. */
import { type KubeObject, type Pod, timestamp, type Workload } from '../api/objects.ts'
import { hasLabels } from '../api/selectors.ts'
import { type Control, isReady } from './control.ts'

type Autoscaler = KubeObject & {
  spec: {
    scaleTargetRef: { kind: string; name: string }
    minReplicas: number
    maxReplicas: number
    metrics: { resource: { name: string; target: { averageUtilization: number } } }[]
  }
  status: { lastScaleTime?: string; desiredReplicas?: number }
}

/** Within 10 % of the target nothing is done. */
const tolerance = 0.1

export function runAutoscalers(control: Control): void {
  for (const hpa of control.store.list<Autoscaler>('HorizontalPodAutoscaler')) run(control, hpa)
}

function run(control: Control, hpa: Autoscaler): void {
  const { store, recorder } = control
  const { namespace, name } = hpa.metadata
  const { scaleTargetRef, minReplicas, maxReplicas, metrics } = hpa.spec
  const target = store.get<Workload>(scaleTargetRef.kind, scaleTargetRef.name, namespace)
  if (target === undefined) return
  const { matchLabels } = target.spec.selector
  const pods = store
    .list<Pod>('Pod')
    .filter((pod) => pod.metadata.namespace === namespace && hasLabels(pod, matchLabels))
    .filter(isReady)
  const wanted = (metrics[0]?.resource.target.averageUtilization ?? 80) / 100
  const mean = pods.reduce((sum, pod) => sum + control.busy(pod), 0) / Math.max(1, pods.length)
  const ratio = mean / wanted
  const before = target.spec.replicas ?? 1
  const asked = Math.abs(ratio - 1) <= tolerance ? before : Math.ceil(pods.length * ratio)
  const desired = Math.min(maxReplicas, Math.max(minReplicas, pods.length === 0 ? before : asked))
  const now = timestamp(control.now_ms())
  if (desired !== before) {
    const manager = 'kube-controller-manager'
    store.apply({ ...target, spec: { ...target.spec, replicas: desired } }, manager)
    const why = desired > before ? 'above' : 'below'
    const reason = `cpu resource utilization (percentage of request) ${why} target`
    const message = `New size: ${desired}; reason: ${reason}`
    const source = 'horizontal-pod-autoscaler'
    recorder.say({ about: hpa, reason: 'SuccessfulRescale', message, source })
  }
  const resource = {
    name: 'cpu',
    current: { averageUtilization: Math.round(mean * 100), averageValue: '0' },
  }
  const limited = asked > maxReplicas
  const condition = (type: string, is: boolean, reason: string, message: string) => ({
    ...{ type, status: is ? 'True' : 'False', reason, message },
    lastTransitionTime: hpa.metadata.creationTimestamp,
  })
  const status = {
    observedGeneration: hpa.metadata.generation ?? 1,
    currentReplicas: pods.length,
    desiredReplicas: desired,
    ...(desired === before
      ? hpa.status.lastScaleTime && { lastScaleTime: hpa.status.lastScaleTime }
      : { lastScaleTime: now }),
    currentMetrics: [{ type: 'Resource', resource }],
    conditions: [
      condition('AbleToScale', true, 'ReadyForNewScale', 'recommended size matches current size'),
      condition('ScalingActive', true, 'ValidMetricFound', 'the HPA was able to compute replicas'),
      limited
        ? condition('ScalingLimited', true, 'TooManyReplicas', 'the desired count is too large')
        : condition('ScalingLimited', false, 'DesiredWithinRange', 'the count is in range'),
    ],
  }
  const newest = store.get<Autoscaler>('HorizontalPodAutoscaler', name, namespace)
  if (newest !== undefined) store.apply({ ...newest, status }, 'kube-controller-manager')
}
