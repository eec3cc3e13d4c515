/**
 * The browser journeys: `node test/e2e/main.ts [FILTER]`. They drive the real server, the demo shop
 * and Chromium, on screens that are built here when they have changed. Pictures of every page land
 * in test-results/screens.
 */
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureScreens } from '../../tools/screens.mjs'

const root = join(import.meta.dirname, '../..')
const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/e2e/vitest.config.ts']

rmSync(join(root, 'test-results/screens'), { recursive: true, force: true })
// Not inside vitest: its NODE_ENV would build React's development version.
await ensureScreens()
const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => process.exit(code ?? 1))
