/**
 * Installs the packages of package-lock.json when they are missing or of another lock. Runs on Node
 * 20.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, node, quietly, root } from './processes.mjs'
import { during } from './progress.mjs'

const lockFile = join(root, 'package-lock.json')
const marker = join(root, 'node_modules', '.crowsnest-lock')

export async function ensureInstalled() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex')
  const installed = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : ''
  if (installed === hash && existsSync(node)) return
  // No package needs an install script, so none may run. npm complains about the machine's Node
  // when it is older than the one that it installs; its words are shown only when it fails.
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts']
  await during('installing packages', () =>
    quietly('npm', args, { env: environment({ ours: false }) }),
  )
  writeFileSync(marker, hash)
}
