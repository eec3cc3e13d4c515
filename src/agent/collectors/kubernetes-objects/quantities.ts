/** Figures of quantities, and what a pod asks for in sum. */
import { quantity } from '../../../model/kubernetes-quantity.ts'

/** Adds figures whose quantities are there; a figure that nobody gave is absent, not zero. */
export function figures(pairs: Readonly<Record<string, unknown>>): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const [name, text] of Object.entries(pairs)) {
    const value = quantity(text)
    if (value !== undefined && Number.isFinite(value)) numbers[name] = value
  }
  return numbers
}

type Amounts = { cpu?: string; memory?: string }
type Container = { resources?: { requests?: Amounts; limits?: Amounts }; restartPolicy?: string }
export type PodSpec = { containers?: Container[]; initContainers?: Container[] }

/**
 * What the scheduler counts: all containers and sidecars together, or the largest init container
 * when that is more.
 */
export function podResources(spec: PodSpec | undefined): Record<string, number> {
  return figures({
    cpu_request_cores: podAmount(spec, 'requests', 'cpu'),
    cpu_limit_cores: podAmount(spec, 'limits', 'cpu'),
    memory_request_bytes: podAmount(spec, 'requests', 'memory'),
    memory_limit_bytes: podAmount(spec, 'limits', 'memory'),
  })
}

function podAmount(
  spec: PodSpec | undefined,
  of: 'requests' | 'limits',
  what: keyof Amounts,
): number | undefined {
  const amount = (one: Container) => quantity(one.resources?.[of]?.[what])
  const inits = spec?.initContainers ?? []
  const sidecars = inits.filter(({ restartPolicy }) => restartPolicy === 'Always')
  const running = [...(spec?.containers ?? []), ...sidecars].map(amount)
  const starting = inits.filter(({ restartPolicy }) => restartPolicy !== 'Always').map(amount)
  const given = [...running, ...starting].filter((one) => one !== undefined)
  if (given.length === 0) return undefined
  const sum = running.reduce<number>((all, one) => all + (one ?? 0), 0)
  // A sum of 0.1 and 0.2 is 0.3.
  return Number(Math.max(sum, ...starting.map((one) => one ?? 0)).toFixed(9))
}
