/** How calls in the shop fail, and what a stack trace shows of it. */
import { fileURLToPath } from 'node:url'

/** An answer that is not a success. From 500 on it is an error of the service itself. */
export class Refusal extends Error {
  readonly status: number
  readonly error_type: string
  constructor(status: number, error_type: string, message: string) {
    super(message)
    this.name = error_type
    this.status = status
    this.error_type = error_type
  }
}

export type WireCode = 'timeout' | 'ECONNREFUSED' | 'ECONNRESET'

/** No answer came at all. */
export class WireFailure extends Error {
  readonly code: WireCode
  constructor(code: WireCode, message: string) {
    super(message)
    this.name = code === 'timeout' ? 'TimeoutError' : 'SocketError'
    this.code = code
  }
}

const here = fileURLToPath(new URL('..', import.meta.url))

export type Told = { name: string; message: string; stack: string }

/** An error as a container would tell it: its code lies in /app. */
export function told(error: unknown): Told {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: String(error) }
  }
  const stack = (error.stack ?? '').replaceAll(`file://${here}`, '/app/').replaceAll(here, '/app/')
  return { name: error.name, message: error.message, stack }
}

export function statusOf(error: unknown): number {
  if (error instanceof Refusal) return error.status
  if (error instanceof WireFailure) return error.code === 'timeout' ? 504 : 503
  return 500
}

export function typeOf(error: unknown): string {
  if (error instanceof Refusal) return error.error_type
  if (error instanceof WireFailure) return error.code
  return error instanceof Error ? error.name : 'Error'
}
