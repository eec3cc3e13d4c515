/** Syslog over TCP, TLS and UDP. */
import { Fault } from '../../../model/faults.ts'
import type { Receiver, StreamConnection } from '../../receiver.ts'
import { decodeSyslog, joinMessages } from './decode.ts'
import { SyslogFrames } from './framing.ts'

/** Longer messages are no log lines; RFC 5424 asks for 2 KiB. */
const message_bytes_max = 1024 * 1024

async function serveSyslog(connection: StreamConnection): Promise<void> {
  const principal = connection.authorize({})
  if (principal === undefined) {
    const detail = 'ingest needs a token, and syslog has no way to carry one'
    throw new Fault('sender_refused', { protocol: 'syslog', detail })
  }
  const { body_bytes_max } = connection.settings
  const frames = new SyslogFrames(Math.min(message_bytes_max, body_bytes_max))
  const store = async (messages: readonly Uint8Array[]) => {
    if (messages.length === 0) return
    await connection.take('logs', decodeSyslog, joinMessages(messages), principal)
  }
  // A loop over them would close the connection before it is told why.
  const pieces = connection.pieces[Symbol.asyncIterator]()
  for (let read = await pieces.next(); !read.done; read = await pieces.next()) {
    const { messages, fault } = framesOf(frames, read.value)
    await store(messages)
    if (fault !== undefined) throw fault
  }
  const rest = frames.end()
  if (rest !== undefined) await store([rest])
  else if (frames.waiting_bytes > 0) {
    const detail = 'the connection ended within a message'
    throw new Fault('payload_malformed', { format: 'syslog', detail })
  }
}

/** What came whole before something that is refused is stored. */
function framesOf(frames: SyslogFrames, piece: Uint8Array) {
  const messages: Uint8Array[] = []
  try {
    frames.add(piece, messages)
    return { messages }
  } catch (error) {
    if (error instanceof Fault) return { messages, fault: error }
    throw error
  }
}

export const syslog: Receiver = {
  name: 'syslog',
  streams: [
    {
      listener: 'syslog',
      serve: serveSyslog,
      datagram: { signal: 'logs', decode: decodeSyslog },
    },
  ],
}
