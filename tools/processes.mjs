/**
 * Starts other programs: quietly with their output kept for the case of failure, or in our place.
 */
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules', '.bin')

/** The pinned Node, whatever the machine has. */
export const node = join(bin, 'node')

/** Our tools first; or, for npm while it replaces them, only the machine's. */
export function environment({ ours = true } = {}) {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== bin)
  return {
    ...process.env,
    PATH: (ours ? [bin, ...path] : path).join(delimiter),
    // Types once stripped stay stripped: spares the server 30 MB and half of its start.
    NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'node'),
  }
}

/** Resolves with what it wrote; a failure throws with all of that in its message. */
export function quietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: environment(), ...options })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Failed(`${command} ${args.join(' ')} failed (${code}):\n${output}`))
    })
  })
}

/** Resolves with the exit code; its input and output are ours, and so are the signals we get. */
export function instead(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env: environment(), stdio: 'inherit' })
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
      process.on(signal, () => {
        // A terminal sends Ctrl-C to the child as well.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
      })
    }
    const stopWatch = whenOrphaned(() => child.kill('SIGTERM'))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      stopWatch()
      resolve(code ?? (signal === 'SIGTERM' ? 143 : 1))
    })
  })
}

/**
 * npm hands a signal to its shell alone, which ends and tells us nothing: we see that it is gone.
 */
function whenOrphaned(act) {
  const parent = process.ppid
  if (process.env.npm_lifecycle_event === undefined) return () => {}
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, 500)
  return () => clearInterval(timer)
}

/** A failure whose message says it all: shown without a stack. */
export class Failed extends Error {}

/** Runs a tool's work and ends the process with its exit code. */
export async function asTool(work) {
  try {
    process.exit((await work()) ?? 0)
  } catch (error) {
    console.error(error instanceof Failed ? error.message : error)
    process.exit(1)
  }
}
