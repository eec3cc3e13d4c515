/** A pod's state in kubectl's words: the STATUS column of `kubectl get pods`, and why. */

import type { Health } from '../../../model/kubernetes.ts'
import type { KubernetesObject } from '../../kubernetes/api.ts'
import type { Judgement } from './judgement.ts'
import { type PodSpec, podResources } from './quantities.ts'

type State = {
  waiting?: { reason?: string; message?: string }
  running?: object
  terminated?: { reason?: string; message?: string; exitCode?: number; signal?: number }
}
type Container = {
  name: string
  ready?: boolean
  restartCount?: number
  state?: State
  lastState?: State
}
type Condition = { type: string; status: string; reason?: string; message?: string }
type PodStatus = {
  phase?: string
  reason?: string
  message?: string
  conditions?: Condition[]
  containerStatuses?: Container[]
  initContainerStatuses?: Container[]
}

/** Reasons to wait that pass by themselves. */
const passing = new Set(['ContainerCreating', 'PodInitializing'])

export function judgePod(object: KubernetesObject): Judgement {
  const spec = object.spec as (PodSpec & { containers?: { name: string }[] }) | undefined
  const status = (object.status ?? {}) as PodStatus
  const containers = status.containerStatuses ?? []
  const restarts = [...containers, ...(status.initContainerStatuses ?? [])]
  const numbers = {
    restarts: restarts.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    containers: spec?.containers?.length ?? containers.length,
    containers_ready: containers.filter(({ ready }) => ready === true).length,
    ...podResources(spec),
  }
  const { health, word, message } = wordOf(object, status)
  return { health, status: word, message, numbers }
}

type Word = { health: Health; word: string; message: string }

function wordOf(object: KubernetesObject, status: PodStatus): Word {
  if (object.metadata.deletionTimestamp !== undefined) {
    const word = status.reason === 'NodeLost' ? 'Unknown' : 'Terminating'
    return { health: 'warn', word, message: status.message ?? '' }
  }
  if (status.phase === 'Succeeded') return { health: 'ok', word: 'Completed', message: '' }
  // Evicted, NodeAffinity: the whole pod's reason.
  if (status.reason) return { health: 'bad', word: status.reason, message: status.message ?? '' }
  return initWord(status) ?? containerWord(status) ?? phaseWord(status, status.phase ?? 'Unknown')
}

function initWord({ initContainerStatuses = [], phase }: PodStatus): Word | undefined {
  if (phase !== 'Pending') return undefined
  const done = initContainerStatuses.filter(({ state }) => state?.terminated?.exitCode === 0)
  for (const container of initContainerStatuses) {
    const found = stateWord(container)
    if (found === undefined || found.word === 'Completed') continue
    return { ...found, word: passing.has(found.word) ? initCount() : `Init:${found.word}` }
  }
  const isRunning = initContainerStatuses.some(({ state }) => state?.running !== undefined)
  return isRunning ? { health: 'warn', word: initCount(), message: '' } : undefined

  function initCount(): string {
    return `Init:${done.length}/${initContainerStatuses.length}`
  }
}

/** The worst container speaks for its pod. */
function containerWord({ containerStatuses = [] }: PodStatus): Word | undefined {
  const words = containerStatuses.map(stateWord).filter((found) => found !== undefined)
  const worst = words.find(({ health }) => health === 'bad')
  return worst ?? words.find(({ word }) => word !== 'Completed')
}

function stateWord({ name, state, lastState }: Container): Word | undefined {
  const { waiting, terminated } = state ?? {}
  if (waiting !== undefined) {
    const word = waiting.reason || 'Waiting'
    const last = lastState?.terminated
    const before = last === undefined ? '' : `; before that ${endOf(last)}`
    const message = `container ${name}: ${waiting.message || word}${before}`
    if (passing.has(word)) return { health: 'warn', word, message: '' }
    return { health: 'bad', word, message }
  }
  if (terminated === undefined) return undefined
  const word = terminated.reason || endWord(terminated)
  if (terminated.exitCode === 0) return { health: 'ok', word: 'Completed', message: '' }
  return { health: 'bad', word, message: `container ${name}: ${endOf(terminated)}` }
}

type Ended = NonNullable<State['terminated']>

function endWord({ signal, exitCode }: Ended): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`
}

function endOf(ended: Ended): string {
  const reason = ended.reason || endWord(ended)
  const said = ended.message ? `, ${ended.message.trim().slice(0, 500)}` : ''
  return `${reason}, exit code ${ended.exitCode ?? 0}${said}`
}

function phaseWord({ conditions = [], containerStatuses = [] }: PodStatus, phase: string): Word {
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled')
  if (phase === 'Pending') {
    const isRefused = scheduled?.status === 'False'
    const message = isRefused ? `${scheduled.reason ?? ''}: ${scheduled.message ?? ''}` : ''
    return { health: isRefused ? 'bad' : 'warn', word: 'Pending', message }
  }
  if (phase !== 'Running') {
    return { health: phase === 'Failed' ? 'bad' : 'unknown', word: phase, message: '' }
  }
  const killed = containerStatuses.find(
    ({ lastState }) => lastState?.terminated?.reason === 'OOMKilled',
  )
  const oom = killed === undefined ? '' : `container ${killed.name} was OOMKilled before`
  const ready = conditions.find(({ type }) => type === 'Ready')
  if (ready?.status !== 'False') return { health: 'ok', word: 'Running', message: oom }
  const notReady = containerStatuses.filter((one) => one.ready !== true).map(({ name }) => name)
  const message = notReady.length > 0 ? `not ready: ${notReady.join(', ')}` : (ready.message ?? '')
  return { health: 'warn', word: 'Running', message: oom === '' ? message : `${message}; ${oom}` }
}
