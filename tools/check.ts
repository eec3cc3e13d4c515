/** Types of both sides, then lint and format: what must hold before a test is worth running. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const checks: [string, string[]][] = [
  ['tsc', ['-p', 'tsconfig.node.json']],
  ['tsc', ['-p', 'tsconfig.web.json']],
  ['biome', ['check', '--error-on-warnings']],
]

const failed = checks.filter(([command, args]) => {
  const path = join(root, 'node_modules', '.bin', command)
  const isFailed = spawnSync(path, args, { cwd: root, stdio: 'inherit' }).status !== 0
  console.log(`${isFailed ? '✗' : '✓'} ${command} ${args.join(' ')}`)
  return isFailed
})
process.exit(failed.length > 0 ? 1 : 0)
