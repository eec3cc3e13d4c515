/**
 * One short conversation over TCP or TLS: connects, lets the caller write and read, and closes,
 * all within one deadline and one bound of bytes. Knows no protocol.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { connectFailure, type HostAddress, ModuleError } from './module.ts'

const reply_bytes_max = 8 * 1024 * 1024

export type Conversation = {
  write(bytes: Uint8Array | string): void
  /** Feeds `read` with all bytes not yet used until it answers; `next` is where it stopped. */
  read<Value>(read: (bytes: Buffer) => { value: Value; next: number } | undefined): Promise<Value>
}

export async function converse<Answer>(
  host: string,
  address: HostAddress,
  timeout_ms: number,
  talk: (conversation: Conversation) => Promise<Answer>,
): Promise<Answer> {
  const abort = new AbortController()
  const late = Object.assign(new Error('late'), { code: 'ETIMEDOUT' })
  const timer = setTimeout(() => abort.abort(late), timeout_ms)
  const line = new Line(address, abort.signal)
  try {
    await line.opened()
    return await talk(line)
  } catch (error) {
    throw connectFailure(host, error)
  } finally {
    clearTimeout(timer)
    line.close()
  }
}

class Line implements Conversation {
  readonly #socket: Socket
  #held: Buffer = Buffer.alloc(0)
  #wake: () => void = () => {}
  #failed: Error | undefined

  constructor(address: HostAddress, signal: AbortSignal) {
    const where = { host: address.address, port: address.port }
    this.#socket = address.tls
      ? connectTls({ ...where, ...serverName(address.address) })
      : connectTcp(where)
    this.#listen()
    signal.addEventListener('abort', () => this.#fail(signal.reason as Error))
  }

  #listen(): void {
    const socket = this.#socket
    socket.on('data', (bytes: Buffer) => {
      this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
      if (this.#held.length > reply_bytes_max) {
        const says = `An answer of more than ${reply_bytes_max} bytes was not read.`
        this.#fail(new ModuleError('unreadable', says))
      }
      this.#wake()
    })
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => {
      this.#fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    })
  }

  #fail(error: Error): void {
    this.#failed ??= error
    this.#wake()
  }

  async #until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.#failed !== undefined) throw this.#failed
      await new Promise<void>((wake) => {
        this.#wake = wake
      })
    }
  }

  async opened(): Promise<void> {
    let isOpen = false
    const event = 'encrypted' in this.#socket ? 'secureConnect' : 'connect'
    this.#socket.once(event, () => {
      isOpen = true
      this.#wake()
    })
    await this.#until(() => isOpen)
  }

  write(bytes: Uint8Array | string): void {
    this.#socket.write(bytes)
  }

  async read<Value>(
    read: (bytes: Buffer) => { value: Value; next: number } | undefined,
  ): Promise<Value> {
    let answer: { value: Value; next: number } | undefined
    await this.#until(() => {
      answer = read(this.#held)
      return answer !== undefined
    })
    this.#held = this.#held.subarray(answer!.next)
    return answer!.value
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** TLS servers refuse an address where a name is expected. */
function serverName(address: string): { servername?: string } {
  return isIP(address) === 0 ? { servername: address } : {}
}
