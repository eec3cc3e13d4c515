/** Kubernetes quantities as numbers (`250m`, `1Gi`, `2e3`), and what a pod asks for in sum. */

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
}

/** Undefined for what is no quantity. */
export function quantity(text: unknown): number | undefined {
  if (typeof text === 'number') return text
  if (typeof text !== 'string') return undefined
  const found =
    /^([+-]?\d{1,30}(?:\.\d{0,30})?|[+-]?\.\d{1,30})([eE][+-]?\d{1,3}|[A-Za-z]{0,2})$/.exec(
      text.trim(),
    )
  if (found === null) return undefined
  const [, digits, suffix = ''] = found
  if (/^[eE][+-]?\d/.test(suffix)) return Number(digits + suffix)
  const unit = Object.hasOwn(units, suffix) ? units[suffix] : undefined
  return unit === undefined ? undefined : Number(digits) * unit
}

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
