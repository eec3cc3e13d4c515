/**
 * Completes package-lock.json: entries for optional packages of other platforms, which `npm
 * install` prunes when a registry lacks them and `npm ci` then misses; and no address of any
 * registry. Leaves versions alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'

export type LockEntry = {
  version?: string
  resolved?: string
  dev?: boolean
  optional?: boolean
  os?: string[] | string
  cpu?: string[] | string
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
export type Lock = { packages: Record<string, LockEntry> }

export type Missing = { path: string; name: string; version: string; dev: boolean }

/** Optional packages that some package of the lock names and that have no entry of their own. */
export function missingEntries(lock: Lock): Missing[] {
  const missing: Missing[] = []
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (resolve(lock, parent, name)) continue
      missing.push({ path: `node_modules/${name}`, name, version, dev: entry.dev === true })
    }
  }
  return missing
}

/** The lock with every missing entry, its packages in npm's order and no `resolved` address. */
export function complete(lock: Lock): Lock {
  const packages = { ...lock.packages }
  for (const { path, name, version, dev } of missingEntries(lock)) {
    packages[path] = { version, ...(dev && { dev }), optional: true, ...platformOf(name) }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(sorted.map(withoutAddress)) }
}

/** Where Node's own lookup would find the package: beside the parent, then outwards. */
function resolve(lock: Lock, parent: string, name: string): boolean {
  const folders = parent.split('/node_modules/')
  return (
    folders.some((_, at) => {
      const folder = folders.slice(0, folders.length - at).join('/node_modules/')
      return `${folder && `${folder}/`}node_modules/${name}` in lock.packages
    }) || `node_modules/${name}` in lock.packages
  )
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64']

/** Platform packages are named after their platform: cli-linux-x64-musl, lib-darwin-arm64. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/]/)
  const os = words.filter((word) => systems.includes(word))
  const cpu = words.filter((word) => processors.includes(word))
  if (os.length !== 1 || cpu.length !== 1) {
    throw new Error(`${name} is missing from the lock and its name does not tell its platform.`)
  }
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined
  return { os, cpu, ...(libc && os[0] === 'linux' && { libc }) }
}

function withoutAddress([path, entry]: [string, LockEntry]): [string, LockEntry] {
  const { resolved: _, ...rest } = entry
  return [path, rest]
}

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url)
  const before = readFileSync(file, 'utf8')
  const lock: Lock = JSON.parse(before)
  const missing = missingEntries(lock)
  const after = `${JSON.stringify(complete(lock), null, 2)}\n`
  if (after !== before) writeFileSync(file, after)
  console.log(`package-lock.json: ${missing.length} entries added`)
}
