/** The inside of a cluster: its clock, objects, controllers and nodes; it has no address yet. */
import type { Random } from '../random.ts'
import { ObjectStore } from './api/object-store.ts'
import type { NewObject, Pod } from './api/objects.ts'
import { Authoriser } from './api/rbac.ts'
import { Tokens } from './api/tokens.ts'
import { type Control, type Pace, removeObject, usualPace } from './control/control.ts'
import { Controllers } from './control/controllers.ts'
import { Recorder } from './control/recorder.ts'
import { amountOf } from './kubelet/amounts.ts'
import type { NodeLife } from './kubelet/node-life.ts'
import type { LogLimits } from './logs/container-log.ts'
import type { PodLogs } from './logs/pod-logs.ts'
import type { ProgramMaker } from './programs/program.ts'
import { installedServers, type RealServers, realServers } from './programs/real-servers.ts'
import { shopStandIn } from './programs/shop-stand-in.ts'
import { systemProgram } from './programs/system.ts'
import { sleepingProgram, troubledProgram } from './programs/troubled.ts'
import { Churn } from './scenarios/kubernetes-scenarios.ts'

export type KubernetesOptions = {
  /** Nodes' files are below it: `<dir>/<node>/var/log/pods`. */
  dir: string
  now_ms: () => number
  random: Random
  name?: string
  nodes?: readonly string[]
  /** Whether kube-state-metrics runs in it. */
  ksm?: boolean
  /** Accounts, roles and bindings of a manifest in place of the built-in ones. */
  rbac?: readonly NewObject[]
  /** How many changes can be watched from. */
  history_max?: number
  bookmark_ms?: number
  tls?: boolean
  /** API groups that this cluster does not have, such as events.k8s.io before 1.19. */
  without?: readonly string[]
  pace?: Partial<Pace>
  /** How often the cluster acts; 0 leaves it to `step`. */
  tick_ms?: number
  log_limits?: Partial<LogLimits>
  /** Asked first what runs in a container. */
  program?: ProgramMaker
  /** Runs the redis and nginx pods as the real programs, as far as they are installed. */
  real_servers?: boolean
  /** How long the cluster has been there. */
  age_ms?: number
}

const usual = { history_max: 5000, age_ms: 6 * 3_600_000 }

export class Core {
  readonly store: ObjectStore
  readonly tokens: Tokens
  readonly authoriser: Authoriser
  readonly control: Control
  readonly lives: NodeLife[] = []
  readonly logs = new Map<string, PodLogs>()
  readonly troubles = new Set<string>()
  readonly program: ProgramMaker
  /** Which programs run for real. */
  readonly servers: RealServers
  readonly #options: KubernetesOptions
  readonly #controllers: Controllers
  readonly #churn = new Churn()
  /** While the past is lived through, the time in it. */
  #past_ms: number | undefined
  #turned_ms: number

  constructor(options: KubernetesOptions) {
    const { name = 'demo', history_max = usual.history_max, pace = {}, random } = options
    this.#options = options
    this.#past_ms = options.now_ms() - (options.age_ms ?? usual.age_ms)
    this.#turned_ms = this.#past_ms
    const now_ms = () => this.now_ms()
    this.store = new ObjectStore({ seed: name, now_ms, history_max })
    this.tokens = new Tokens(this.store, now_ms)
    this.authoriser = new Authoriser(this.store)
    this.control = {
      store: this.store,
      now_ms,
      random,
      recorder: new Recorder(this.store, now_ms),
      pace: { ...usualPace, ...pace },
      trouble: (scenario) => this.troubles.has(scenario),
      busy: (pod) => this.#busy(pod),
      ordinals: new Map(),
    }
    this.#controllers = new Controllers(this.control)
    this.servers =
      options.real_servers === true && process.platform === 'linux'
        ? installedServers()
        : { redis: false, nginx: false }
    const real = realServers(options.dir, this.servers)
    const makers = [real, systemProgram, shopStandIn, troubledProgram, sleepingProgram]
    const all = options.program === undefined ? makers : [options.program, ...makers]
    this.program = (around) => {
      for (const make of all) {
        const program = make(around)
        if (program !== undefined) return program
      }
      return undefined
    }
  }

  now_ms(): number {
    return this.#past_ms ?? this.#options.now_ms()
  }

  get isPast(): boolean {
    return this.#past_ms !== undefined
  }

  remove(kind: string, namespace: string | undefined, name: string): void {
    removeObject(this.control, kind, namespace, name)
  }

  /** One turn of everything, up to now. */
  step(): void {
    const now_ms = this.now_ms()
    const passed_ms = Math.max(0, now_ms - this.#turned_ms)
    this.#turned_ms = now_ms
    if (this.troubles.has('pod-churn')) this.#churn.step(this, passed_ms)
    this.#controllers.step()
    for (const life of this.lives) life.step(now_ms, passed_ms)
  }

  /** Steps of a second until `isUp`, then one up to the present. */
  live(isUp: () => boolean, steps_max: number): void {
    this.control.recorder.isQuiet = true
    for (let step = 0; step < steps_max && !(step > 2 && isUp()); step++) {
      this.step()
      this.#past_ms = this.now_ms() + 1000
    }
    this.#past_ms = this.#options.now_ms()
    this.step()
    this.#past_ms = undefined
    this.control.recorder.isQuiet = false
    this.store.forget()
  }

  /** Processor use as a share of what the pod requests. */
  #busy(pod: Pod): number {
    const life = this.lives.find(({ name }) => name === pod.spec.nodeName)
    const containers = life?.pods.get(pod.metadata.uid)?.containers ?? []
    const now_ms = this.now_ms()
    const cores = containers.reduce((sum, container) => sum + container.cpu_cores(now_ms), 0)
    const asked = pod.spec.containers.reduce(
      (sum, { resources }) => sum + amountOf(resources?.requests?.cpu),
      0,
    )
    return asked === 0 ? 0 : cores / asked
  }
}
