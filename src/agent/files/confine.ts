/**
 * Opens log files without being led astray: links are followed as the host would, the place they
 * lead to must be allowed, and it must be a regular file. Pipes and devices never block.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

const links_max = 40
const flags =
  constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | (constants.O_NOCTTY ?? 0)

/** permission: this process may not. not_allowed: led outside. not_file: no regular file. gone. */
export type Refusal = 'permission' | 'not_allowed' | 'not_file' | 'gone'

export class Refused extends Error {
  readonly refusal: Refusal
  readonly path: string

  constructor(refusal: Refusal, path: string) {
    super(`${refusal}: ${path}`)
    this.refusal = refusal
    this.path = path
  }
}

/**
 * Where `path` of the host leads, as the path this process opens. Absolute links start at the
 * host's root again and `..` never leaves it, whatever this process's own root is.
 */
export function resolveInside(host_root: string, path: string): string {
  let links = 0
  let done: string[] = []
  const rest = path.split('/').reverse()
  while (rest.length > 0) {
    const part = rest.pop()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      done.pop()
      continue
    }
    const here = join(host_root, ...done, part)
    const target = linkTarget(here)
    if (target === undefined) {
      done.push(part)
      continue
    }
    if (++links > links_max) throw new Refused('not_allowed', here)
    if (target.startsWith('/')) done = []
    rest.push(...target.split('/').reverse())
  }
  return join(host_root, ...done)
}

function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined
  } catch (error) {
    throw asRefused(error, path)
  }
}

export function asRefused(error: unknown, path: string): Refused {
  if (error instanceof Refused) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'EACCES' || code === 'EPERM') return new Refused('permission', path)
  if (code === 'ELOOP' || code === 'ENAMETOOLONG') return new Refused('not_allowed', path)
  if (code === 'ENXIO') return new Refused('not_file', path)
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Refused('gone', path)
  throw error
}

export function isWithin(roots: readonly string[], path: string): boolean {
  return roots.some(
    (root) => path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`),
  )
}

/**
 * Opens a resolved path for reading. Throws Refused. A directory that was swapped for a link after
 * it was resolved is noticed by where the descriptor really is.
 */
export function openConfined(resolved: string, roots: readonly string[]): number {
  if (!isWithin(roots, resolved)) throw new Refused('not_allowed', resolved)
  let fd: number
  try {
    fd = openSync(resolved, flags)
  } catch (error) {
    throw asRefused(error, resolved)
  }
  try {
    if (!fstatSync(fd).isFile()) throw new Refused('not_file', resolved)
    const actual = placeOf(fd)
    if (actual !== undefined && !isWithin(roots, actual)) throw new Refused('not_allowed', resolved)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Only Linux tells; undefined elsewhere. */
function placeOf(fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/ \(deleted\)$/, '')
  } catch {
    return undefined
  }
}
