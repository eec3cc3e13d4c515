/** The programs that the tests need beside Node: installed on Debian as root, named otherwise. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Failed, quietly } from './processes.mjs'
import { during } from './progress.mjs'

/** Package to a file that it brings: a command, or a path. */
const needed = {
  chromium: 'chromium',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  strace: 'strace',
  e2fsprogs: 'mke2fs',
  mount: 'losetup',
}

export async function ensurePrograms() {
  const missing = missingPackages()
  if (missing.length === 0) return
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
  if (!isDebian || process.getuid?.() !== 0) {
    throw new Failed(
      `The tests need programs that are not installed. On Debian or Ubuntu:\n` +
        `  sudo apt-get update && sudo apt-get install ${missing.join(' ')}\n` +
        'Elsewhere, install what brings the same commands.',
    )
  }
  await during(`installing ${missing.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await quietly('apt-get', ['update'], { env })
    const args = ['install', '--yes', '--no-install-recommends', ...missing]
    await quietly('apt-get', args, { env })
  })
  const still = missingPackages()
  if (still.length > 0) throw new Failed(`Installed, and yet not found: ${still.join(', ')}`)
}

function missingPackages() {
  return Object.entries(needed)
    .filter(([, file]) => !isPresent(file))
    .map(([name]) => name)
}

function isPresent(file) {
  if (file.startsWith('/')) return existsSync(file)
  const folders = `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter)
  return folders.some((folder) => existsSync(join(folder, file)))
}
