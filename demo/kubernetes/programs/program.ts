/** What runs in a container: how it uses the machine, what it writes, and when it ends. */
import type { Random } from '../../random.ts'
import type { Pod } from '../api/objects.ts'
import type { Stream } from '../logs/container-log.ts'

export type Surroundings = {
  pod: Pod
  ip: string
  /** status.hostIP: where its node's agent listens. */
  node_ip: string
  container: string
  image: string
  args: readonly string[]
  restart: number
  started_ms: number
  random: Random
  log: (text: string, stream?: Stream) => void
  exit: (code: number, reason?: string) => void
  trouble: (scenario: string) => boolean
}

export type Program = {
  memory_bytes: (now_ms: number) => number
  cpu_cores: (now_ms: number) => number
  /** Bytes a second on the network; as much again comes back. */
  network?: (now_ms: number) => number
  /** Called some times a second. */
  tick?: (now_ms: number, passed_ms: number) => void
  /** From its start to the first good answer of its probe; without one it is ready at once. */
  ready_after_ms?: number
  isReady?: (now_ms: number) => boolean
  /** Told to end; what it writes now are its last lines. */
  stop?: (reason: string) => void
}

export type ProgramMaker = (around: Surroundings) => Program | undefined

/** Figures that wave around what is usual, each pod in its own phase. */
export function waving(base: number, share: number, phase: number, period_ms = 300_000) {
  return (now_ms: number) => {
    const wave = Math.sin((now_ms / period_ms) * 2 * Math.PI + phase)
    const ripple = Math.sin((now_ms / 17_000) * 2 * Math.PI + phase * 3)
    return Math.max(0, base * (1 + share * (0.7 * wave + 0.3 * ripple)))
  }
}

/** Calls `say` about so often, however seldom it is asked. */
export function every(mean_ms: number, random: Random, say: (now_ms: number) => void) {
  let due_ms = -mean_ms * Math.log(1 - random())
  return (now_ms: number, passed_ms: number) => {
    due_ms -= passed_ms
    for (let times = 0; due_ms <= 0 && times < 1000; times++) {
      say(now_ms)
      due_ms += -mean_ms * Math.log(1 - random())
    }
  }
}
