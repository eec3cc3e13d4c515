/**
 * `npm test`: installs what is missing, then checks types and style, runs the tests and the browser
 * journeys, and ends with one line of figures. `npm test -- FILTER` runs the tests that match,
 * alone.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePrograms } from './debian.mjs'
import { ensureInstalled } from './install.mjs'
import { asTool, instead, node, root } from './processes.mjs'
import { ensureScreens } from './screens.mjs'

const results = join(root, 'test-results')
const vitest = 'node_modules/vitest/vitest.mjs'
const journeys = 'test/e2e/main.ts'

await asTool(async () => {
  const filters = process.argv.slice(2)
  await ensureInstalled()
  if (filters.length > 0) return instead(node, [vitest, 'run', ...filters])
  await ensurePrograms()
  const isChecked = (await instead(node, ['tools/check.ts'])) === 0
  const runs = [await run('tests', [vitest, 'run'])]
  if (existsSync(join(root, journeys))) {
    await ensureScreens()
    runs.push(await run('journeys', [journeys]))
  }
  if (!isChecked) console.log('failed: types and style')
  for (const { name, failed } of runs)
    if (failed > 0) console.log(`failed: ${failed} of the ${name}`)
  const passed = runs.reduce((sum, one) => sum + one.passed, 0)
  const failed = runs.reduce((sum, one) => sum + one.failed, isChecked ? 0 : 1)
  console.log(`${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})

/** A run that ended without a report, or badly with all tests passed, counts as one failure. */
async function run(name, command) {
  const report = join(results, `${name}.json`)
  mkdirSync(results, { recursive: true })
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const code = await instead(node, [...command, ...reporters])
  if (!existsSync(report)) return { name, passed: 0, failed: 1 }
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  return { name, passed: numPassedTests, failed: code === 0 ? 0 : Math.max(numFailedTests, 1) }
}
