/**
 * `npm run fuzz:queries -- [--seed N] [--queries N] [--language promql]`: random questions in every
 * query language, so many in each, as callers who may see a part of what is stored.
 */
import { parseArgs } from 'node:util'
import { type Language, languages } from './ask.ts'
import { type Figures, fuzz } from './fuzz.ts'
import { openRig } from './rig.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    queries: { type: 'string', default: '1000' },
    language: { type: 'string', default: '' },
    per_caller: { type: 'string', default: '250' },
    compared: { type: 'string', default: '0.35' },
  },
})

function line({
  language,
  queries,
  answered,
  refused,
  compared,
  failures,
  empty,
  ...rest
}: Figures) {
  const reasons = [...refused].sort(([, a], [, b]) => b - a).slice(0, 12)
  const told = reasons.map(([reason, count]) => `${count}x ${reason}`).join('; ')
  return (
    `${language.padEnd(8)} ${queries} queries, ${answered} answered (${empty} empty), ` +
    `${compared} compared, ` +
    `${failures} failures, slowest ${Math.round(rest.slowest_ms)} ms, peak heap ` +
    `${Math.round(rest.heap_peak_mib)} MiB (grown by ${Math.round(rest.heap_grown_mib)})\n` +
    `         refused ${queries - answered}: ${told}\n         slowest: ${rest.slowest}`
  )
}

const chosen = languages.filter((one) => values.language === '' || values.language === one)
if (chosen.length === 0) throw new Error(`languages are ${languages.join(', ')}`)
const rig = await openRig()
const lines: string[] = []
let failures = 0
for (const language of chosen as readonly Language[]) {
  const figures = await fuzz(language, rig, {
    seed: Number(values.seed),
    queries: Number(values.queries),
    per_caller: Number(values.per_caller),
    compared_share: Number(values.compared),
    fail: (text) => console.log(text),
  })
  failures += figures.failures
  lines.push(line(figures))
  console.log(lines.at(-1))
}
await rig.close()
console.log(`\n${lines.join('\n')}`)
process.exitCode = failures === 0 ? 0 : 1
