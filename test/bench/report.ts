/** A run's figures as a table for people and as JSON with everything needed to run it again. */
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
    time: new Date().toISOString(),
    command: ['npm', 'run', 'bench', '--', ...process.argv.slice(2)].join(' '),
  }
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
