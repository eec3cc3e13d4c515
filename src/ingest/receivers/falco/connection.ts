/** What a file descriptor of Falco is: a file, or the two ends of a connection. */
import type { SecurityRow } from '../../../wire/security/typed-rows.ts'
import { countAt, lineAt, type Sent, wordAt } from '../security/sent.ts'

type Ends = Pick<
  SecurityRow<'security_events'>,
  'file_path' | 'source_ip' | 'source_port' | 'destination_ip' | 'destination_port' | 'protocol'
>

const tuple = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})->\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/

/** The client is the source, whoever of both was watched. */
export function endsOf(output: Sent): Ends {
  const name = lineAt(output, 'fd.name')
  const protocol = wordAt(output, 'fd.l4proto')
  const client = wordAt(output, 'fd.cip')
  const server = wordAt(output, 'fd.sip') || wordAt(output, 'fd.rip')
  if (client !== '' || server !== '') {
    return {
      source_ip: client || wordAt(output, 'fd.lip'),
      source_port: countAt(output, client ? 'fd.cport' : 'fd.lport', 65_535),
      destination_ip: server,
      destination_port: countAt(output, wordAt(output, 'fd.sip') ? 'fd.sport' : 'fd.rport', 65_535),
      protocol,
    }
  }
  const match = tuple.exec(name)
  if (match === null) return name.startsWith('/') ? { file_path: name } : {}
  return {
    source_ip: match[1]!,
    source_port: Math.min(65_535, Number(match[2])),
    destination_ip: match[3]!,
    destination_port: Math.min(65_535, Number(match[4])),
    protocol,
  }
}
