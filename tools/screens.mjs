/**
 * Builds the screens into dist/web when their sources have changed, with a .gz beside each large
 * file.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { node, quietly, root } from './processes.mjs'
import { during } from './progress.mjs'

const out = join(root, 'dist', 'web')
const hashFile = join(root, 'dist', 'web.hash')
const sources = [
  'src/web',
  'src/ui',
  'src/pages',
  'src/model',
  'vite.config.ts',
  'package-lock.json',
]
const gzip_bytes_min = 1024

export async function ensureScreens({ always = false } = {}) {
  const hash = hashOf(sources)
  const built = existsSync(hashFile) ? readFileSync(hashFile, 'utf8') : ''
  if (!always && built === hash && existsSync(join(out, 'index.html'))) return
  await during('building the screens', async () => {
    await quietly(node, [join(root, 'node_modules/vite/bin/vite.js'), 'build'])
    compress(out)
  })
  writeFileSync(hashFile, hash)
}

/** Names and contents; tests are not part of the screens. */
function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap(filesOf)) {
    if (/\.test\.tsx?$/.test(path)) continue
    hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

function filesOf(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [path]
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`))
}

function compress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) compress(path)
    else if (/\.(js|css|html|svg|json)$/.test(entry.name)) {
      const bytes = readFileSync(path)
      if (bytes.length >= gzip_bytes_min) writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
    }
  }
}
