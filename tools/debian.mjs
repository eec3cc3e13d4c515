/** The programs that the tests need beside Node: installed on Debian as root, named otherwise. */
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Failed, quietly } from './processes.mjs'
import { during } from './progress.mjs'

/** Package to a file that it brings: a command, or a path. Without these most tests cannot run. */
const needed = {
  chromium: 'chromium',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  strace: 'strace',
  e2fsprogs: 'mke2fs',
  mount: 'losetup',
}

/** Real servers that a few tests run against; without one its tests say that they are skipped. */
const wanted = {
  'redis-server': 'redis-server',
  nginx: 'nginx',
  postgresql: 'initdb',
  'mariadb-server': 'mariadbd',
  prometheus: 'prometheus',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  bsdutils: 'logger',
  curl: 'curl',
  rsyslog: 'rsyslogd',
  'rsyslog-elasticsearch': '/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so',
  'rsyslog-gnutls': '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so',
  'systemd-journal-remote': '/lib/systemd/systemd-journal-upload',
}

/** Chromium without windows: the same engine for half of the CPU. Without it Chromium serves. */
const quicker = { 'chromium-headless-shell': 'chromium-headless-shell' }

export async function ensurePrograms() {
  await ensureNeeded()
  const slow = missingOf(quicker)
  if (slow.length > 0 && mayInstall()) await install(slow).catch(() => undefined)
  const missing = missingOf(wanted)
  if (missing.length === 0) return
  if (mayInstall()) await install(missing).catch(({ message }) => console.log(message))
  const still = missingOf(wanted)
  if (still.length > 0) console.log(`Not installed, its tests are skipped: ${still.join(', ')}`)
}

async function ensureNeeded() {
  const missing = missingOf(needed)
  if (missing.length === 0) return
  if (!mayInstall()) {
    throw new Failed(
      `The tests need programs that are not installed. On Debian or Ubuntu:\n` +
        `  sudo apt-get update && sudo apt-get install ${missing.join(' ')}\n` +
        'Elsewhere, install what brings the same commands.',
    )
  }
  await install(missing)
  const still = missingOf(needed)
  if (still.length > 0) throw new Failed(`Installed, and yet not found: ${still.join(', ')}`)
}

function mayInstall() {
  const isDebian = existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
  return isDebian && process.getuid?.() === 0
}

async function install(packages) {
  await during(`installing ${packages.join(', ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await quietly('apt-get', ['update'], { env })
    const args = ['install', '--yes', '--no-install-recommends', ...packages]
    await quietly('apt-get', args, { env })
  })
}

function missingOf(packages) {
  return Object.entries(packages)
    .filter(([, file]) => !isPresent(file))
    .map(([name]) => name)
}

function isPresent(file) {
  if (file.startsWith('/')) return existsSync(file)
  const folders = `${process.env.PATH}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter)
  folders.push(...postgresqlFolders())
  return folders.some((folder) => existsSync(join(folder, file)))
}

/** Debian keeps the programs of its versions of PostgreSQL beside each other. */
function postgresqlFolders() {
  const folder = '/usr/lib/postgresql'
  return existsSync(folder)
    ? readdirSync(folder).map((version) => join(folder, version, 'bin'))
    : []
}
