/** Objects as the API gives them, and kubectl's words for how they do. */
import { describe, expect, test } from 'vitest'
import { quantity } from '../../../model/kubernetes-quantity.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import { judge } from './judgement.ts'
import { podResources } from './quantities.ts'

type Fields = Record<string, unknown>

function object(kind: string, { metadata = {}, ...fields }: Fields = {}): KubernetesObject {
  const own = { name: 'x', uid: 'u', resourceVersion: '1', ...(metadata as Fields) }
  return { kind, metadata: own, ...fields }
}

const shown = (one: KubernetesObject) => {
  const { health, status, message } = judge(one)
  return [health, status, ...(message === '' ? [] : [message])].join(' | ')
}

const container = (name: string, state: Fields, more: Fields = {}) => ({
  name,
  ready: false,
  restartCount: 0,
  state,
  ...more,
})
const waiting = (reason: string, message?: string) => ({ waiting: { reason, message } })
const ended = (reason: string, exitCode: number, more = {}) => ({
  terminated: { reason, exitCode, ...more },
})

describe('a pod', () => {
  const f = (what: string, status: Fields, expected: string, metadata: Fields = {}) => {
    test(what, () => expect(shown(object('Pod', { status, metadata }))).toBe(expected))
  }
  const ready = (status: string) => [{ type: 'Ready', status }]
  f('runs', { phase: 'Running', conditions: ready('True') }, 'ok | Running')
  f(
    'is not ready',
    {
      phase: 'Running',
      conditions: ready('False'),
      containerStatuses: [container('app', { running: {} }), { name: 'ok', ready: true }],
    },
    'warn | Running | not ready: app',
  )
  f(
    'crashes again and again',
    {
      phase: 'Running',
      containerStatuses: [
        container('app', waiting('CrashLoopBackOff', 'back-off 5m0s'), {
          lastState: ended('OOMKilled', 137),
        }),
      ],
    },
    'bad | CrashLoopBackOff | container app: back-off 5m0s; before that OOMKilled, exit code 137',
  )
  f(
    'was killed for its memory',
    { phase: 'Running', containerStatuses: [container('app', ended('OOMKilled', 137))] },
    'bad | OOMKilled | container app: OOMKilled, exit code 137',
  )
  f(
    'cannot get its image',
    { phase: 'Pending', containerStatuses: [container('app', waiting('ImagePullBackOff'))] },
    'bad | ImagePullBackOff | container app: ImagePullBackOff',
  )
  f(
    'is being made',
    { phase: 'Pending', containerStatuses: [container('app', waiting('ContainerCreating'))] },
    'warn | ContainerCreating',
  )
  f(
    'finds no node',
    {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3 nodes are available: 3 Insufficient cpu.',
        },
      ],
    },
    'bad | Pending | Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.',
  )
  const inits = [container('a', ended('Completed', 0)), container('b', { running: {} })]
  f('initializes', { phase: 'Pending', initContainerStatuses: inits }, 'warn | Init:1/2')
  f(
    'fails to initialize',
    {
      phase: 'Pending',
      initContainerStatuses: [container('a', waiting('CrashLoopBackOff'))],
      containerStatuses: [container('app', waiting('PodInitializing'))],
    },
    'bad | Init:CrashLoopBackOff | container a: CrashLoopBackOff',
  )
  f('is done', { phase: 'Succeeded' }, 'ok | Completed')
  f(
    'was evicted',
    { phase: 'Failed', reason: 'Evicted', message: 'low on memory' },
    'bad | Evicted | low on memory',
  )
  f(
    'failed',
    { phase: 'Failed', containerStatuses: [container('app', ended('Error', 1))] },
    'bad | Error | container app: Error, exit code 1',
  )
  f(
    'ended by a signal',
    { phase: 'Failed', containerStatuses: [container('app', ended('', 143, { signal: 15 }))] },
    'bad | Signal:15 | container app: Signal:15, exit code 143',
  )
  f('ends', { phase: 'Running' }, 'warn | Terminating', { deletionTimestamp: '2026-01-01' })

  test('has figures', () => {
    const resources = {
      requests: { cpu: '100m', memory: '64Mi' },
      limits: { cpu: '0.2', memory: '1Gi' },
    }
    const pod = object('Pod', {
      spec: { containers: [{ name: 'a', resources }, { name: 'b' }] },
      status: {
        containerStatuses: [
          { name: 'a', ready: true, restartCount: 3 },
          { name: 'b', ready: false, restartCount: 1 },
        ],
      },
    })
    expect(judge(pod).numbers).toEqual({
      restarts: 4,
      containers: 2,
      containers_ready: 1,
      cpu_request_cores: 0.1,
      cpu_limit_cores: 0.2,
      memory_request_bytes: 64 * 1024 * 1024,
      memory_limit_bytes: 1024 ** 3,
    })
  })
})

describe('everything else', () => {
  const f = (kind: string, fields: Fields, expected: string) => {
    test(`${kind}: ${expected}`, () => expect(shown(object(kind, fields))).toBe(expected))
  }
  const deployment = (status: Fields, spec: Fields = { replicas: 3 }) => ({ spec, status })
  const all = { readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3 }
  f('Deployment', deployment(all), 'ok | 3/3')
  f('Deployment', deployment({ ...all, readyReplicas: 2 }), 'warn | 2/3')
  f('Deployment', deployment({ ...all, updatedReplicas: 1 }), 'warn | 3/3 | 1 of 3 updated')
  f('Deployment', deployment({ ...all, readyReplicas: 0 }), 'bad | 0/3')
  f('Deployment', deployment({}, { replicas: 0 }), 'ok | 0/0')
  f('ReplicaSet', deployment({ replicas: 0 }), 'warn | 0/3')
  f('ReplicaSet', deployment({ replicas: 3 }), 'bad | 0/3')
  const updating = { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }
  f('Deployment', deployment({ replicas: 3, conditions: [updating] }), 'warn | 0/3')
  f('Deployment', deployment(all, { replicas: 3, paused: true }), 'ok | 3/3 | paused')
  const stuck = {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'has timed out',
  }
  f(
    'Deployment',
    deployment({ ...all, conditions: [stuck] }),
    'bad | 3/3 | ProgressDeadlineExceeded: has timed out',
  )
  f(
    'DaemonSet',
    { status: { desiredNumberScheduled: 3, numberReady: 2, updatedNumberScheduled: 3 } },
    'warn | 2/3',
  )
  const node = (...conditions: [string, string][]) => ({
    status: {
      conditions: conditions.map(([type, status]) => ({ type, status, reason: 'R', message: 'm' })),
    },
  })
  f('Node', node(['Ready', 'True'], ['MemoryPressure', 'False']), 'ok | Ready')
  f('Node', node(['Ready', 'Unknown']), 'bad | NotReady | R: m')
  f('Node', node(['Ready', 'True'], ['DiskPressure', 'True']), 'bad | Ready,DiskPressure | R: m')
  f(
    'Node',
    { spec: { unschedulable: true }, ...node(['Ready', 'True']) },
    'warn | Ready,SchedulingDisabled',
  )
  f('Job', { status: { active: 1 } }, 'ok | Running')
  f('Job', { status: { active: 1, failed: 2 } }, 'warn | Running | 2 of its pods failed')
  f('Job', { status: { conditions: [{ type: 'Complete', status: 'True' }] } }, 'ok | Complete')
  const tooOften = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'm' }
  f('Job', { status: { conditions: [tooOften] } }, 'bad | Failed | BackoffLimitExceeded: m')
  f('CronJob', { spec: { suspend: true } }, 'warn | Suspended')
  f('CronJob', { status: { active: [{}] } }, 'ok | Active')
  f('PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'warn | Pending')
  f('PersistentVolume', { status: { phase: 'Failed', message: 'm' } }, 'bad | Failed | m')
  f('Namespace', { status: { phase: 'Active' } }, 'ok | Active')
  f(
    'Namespace',
    { metadata: { deletionTimestamp: 'x' }, status: { phase: 'Active' } },
    'warn | Terminating',
  )
  const scaler = (status: Fields) => ({ spec: { maxReplicas: 5 }, status })
  f('HorizontalPodAutoscaler', scaler({ currentReplicas: 2 }), 'ok | 2/5')
  const limited = [
    { type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', message: 'm' },
  ]
  f(
    'HorizontalPodAutoscaler',
    scaler({ currentReplicas: 5, conditions: limited }),
    'warn | 5/5 | TooManyReplicas: m',
  )
  const blind = [
    { type: 'ScalingActive', status: 'False', reason: 'FailedGetMetric', message: 'm' },
  ]
  f('HorizontalPodAutoscaler', scaler({ conditions: blind }), 'bad | 0/5 | FailedGetMetric: m')
  f('PodDisruptionBudget', { status: { currentHealthy: 1, desiredHealthy: 2 } }, 'warn | 1/2')
  f('EndpointSlice', { summary: { endpoints: 2, ready: 0 } }, 'bad | 0/2')
  f('Service', { spec: { type: 'LoadBalancer' } }, 'ok | LoadBalancer')
  f('Unheard', {}, 'ok | ')
})

test('quantities', () => {
  const f = (text: unknown, value: number | undefined) => expect(quantity(text)).toBe(value)
  f('250m', 0.25)
  f('1', 1)
  f('1.5Gi', 1.5 * 1024 ** 3)
  f('128974848', 128974848)
  f('129e6', 129e6)
  f('123Mi', 123 * 1024 ** 2)
  f('5E', 5e18)
  f('1k', 1000)
  f('1n', 1e-9)
  f(4, 4)
  f('', undefined)
  f('abc', undefined)
  f('1Xi', undefined)
  f(undefined, undefined)
})

test('what a pod asks for: all together, or its largest start', () => {
  const asks = (cpu: string, more = {}) => ({ resources: { requests: { cpu } }, ...more })
  const f = (spec: object, cores: number | undefined) =>
    expect(podResources(spec).cpu_request_cores).toBe(cores)
  f({ containers: [asks('100m'), asks('200m')] }, 0.3)
  f({ containers: [asks('100m')], initContainers: [asks('2')] }, 2)
  f({ containers: [asks('1')], initContainers: [asks('1', { restartPolicy: 'Always' })] }, 2)
  f({ containers: [{}] }, undefined)
})
