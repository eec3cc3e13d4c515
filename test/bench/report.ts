/** A run's figures as a table for people and as JSON with everything needed to run it again. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { loadAverage } from './processes.ts'
import type { Figure } from './suite.ts'

export type SuiteReport = { suite: string; wall_s: number; figures: Figure[] }

export function machine(): Record<string, unknown> {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as { version: string; dependencies: Record<string, string> }
  return {
    crowsnest: manifest.version,
    node: process.version,
    chdb: manifest.dependencies.chdb,
    cpu: cpus()[0]?.model,
    cpus: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    linux: release(),
    load_average: loadAverage(),
    sha256_mb_per_cpu_s: yardstick(),
    time: new Date().toISOString(),
    command: ['npm', 'run', 'bench', '--', ...process.argv.slice(2)].join(' '),
  }
}

/**
 * What a CPU-second is worth on this machine at this moment: neighbours on the same core and in the
 * same caches make it less. Runs whose yardsticks differ are not to be compared.
 */
function yardstick(): number {
  const block = Buffer.alloc(8 * 1024 * 1024, 'crowsnest')
  const before = process.cpuUsage()
  const hash = createHash('sha256')
  for (let i = 0; i < 32; i++) hash.update(block)
  hash.digest()
  const { user, system } = process.cpuUsage(before)
  return Math.round((32 * 8 * 1e6) / (user + system))
}

export function table({ suite, wall_s, figures }: SuiteReport): string {
  const lines = figures.map((figure) => {
    const { name, value, unit, target } = figure
    const shown = `${value.toLocaleString('en-US', { maximumFractionDigits: 2 })} ${unit}`
    return `  ${name.padEnd(58)} ${shown.padStart(16)}  ${verdict(value, target)}`
  })
  return [`${suite} (${Math.round(wall_s)} s)`, ...lines].join('\n')
}

function verdict(value: number, target: Figure['target']): string {
  if (target === undefined) return ''
  const isMet = 'at_least' in target ? value >= target.at_least : value <= target.at_most
  const bound =
    'at_least' in target
      ? `at least ${target.at_least.toLocaleString('en-US')}`
      : `at most ${target.at_most.toLocaleString('en-US')}`
  return `${isMet ? 'met' : 'MISSED'}: ${bound}`
}
