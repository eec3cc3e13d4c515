/**
 * Files of the machine, seen through the folder it is mounted at. What cannot be read is noted with
 * its reason, so that it can be told instead of passed over.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Unreadable = { reason: 'permission' | 'unreadable'; detail: string }

export class HostFiles {
  readonly root: string
  /** By part: what was wanted and could not be read since `startRound`. */
  readonly #unreadable = new Map<string, Unreadable>()

  constructor(root: string) {
    this.root = root
  }

  startRound(): void {
    this.#unreadable.clear()
  }

  get unreadable(): readonly Unreadable[] {
    return [...this.#unreadable.values()]
  }

  /** Undefined when it is not there or not readable; nothing is noted. */
  glance(...paths: string[]): string | undefined {
    for (const path of paths) {
      try {
        return readFileSync(join(this.root, path), 'utf8')
      } catch {}
    }
    return undefined
  }

  /** As glance, for what every machine has: not to see it is a finding. */
  need(part: string, ...paths: string[]): string | undefined {
    let failure: NodeJS.ErrnoException | undefined
    for (const path of paths) {
      try {
        return readFileSync(join(this.root, path), 'utf8')
      } catch (error) {
        failure ??= error as NodeJS.ErrnoException
      }
    }
    this.note(part, join(this.root, paths[0]!), failure?.code ?? '')
    return undefined
  }

  names(path: string): string[] | undefined {
    try {
      return readdirSync(join(this.root, path))
    } catch {
      return undefined
    }
  }

  /** The folders in a folder, links left out. */
  folders(path: string): string[] {
    try {
      return readdirSync(join(this.root, path), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    } catch {
      return []
    }
  }

  note(part: string, path: string, code: string): void {
    const isRefused = code === 'EACCES' || code === 'EPERM'
    const fix = isRefused
      ? 'Run the agent as root, or give it CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE.'
      : `Mount the machine's / read-only into the agent and set host_root; it is ${this.root} now.`
    this.#unreadable.set(part, {
      reason: isRefused ? 'permission' : 'unreadable',
      detail: `${part}: ${path} cannot be read (${code}). ${fix}`,
    })
  }
}
