/**
 * The arguments of a call that Tetragon watched: as words, and what of them names a file or the two
 * ends of a connection.
 */
import type { SecurityRow } from '../../../wire/security/typed-rows.ts'
import { countAt, isObject, jsonOf, lineAt, listAt, type Sent, wordAt } from '../security/sent.ts'

export type Arguments = Pick<
  SecurityRow<'security_events'>,
  'file_path' | 'source_ip' | 'source_port' | 'destination_ip' | 'destination_port' | 'protocol'
> & { words: [string, string][] }

const kind_suffix = '_arg'

export function argumentsOf(call: Sent): Arguments {
  const found: Arguments = { words: [] }
  for (const [index, argument] of listAt(call, 'args').entries()) {
    if (!isObject(argument)) continue
    const label = wordAt(argument, 'label')
    const kind = Object.keys(argument).find((name) => name.endsWith(kind_suffix))
    if (kind === undefined) continue
    const value = argument[kind]
    if (isObject(value)) readObject(kind, value, found)
    const text = isObject(value) ? shown(kind, value) : lineAt(argument, kind)
    found.words.push([label || `arg${index}`, text])
  }
  return found
}

function readObject(kind: string, value: Sent, found: Arguments): void {
  if (kind === 'file_arg' || kind === 'path_arg' || kind === 'linux_binprm_arg') {
    found.file_path ||= lineAt(value, 'path')
  }
  if (kind === 'sock_arg' || kind === 'skb_arg') {
    found.source_ip = wordAt(value, 'saddr')
    found.source_port = countAt(value, 'sport', 65_535)
    found.destination_ip = wordAt(value, 'daddr')
    found.destination_port = countAt(value, 'dport', 65_535)
    found.protocol = wordAt(value, 'protocol')
      .replace(/^IPPROTO_/, '')
      .toLowerCase()
  }
}

function shown(kind: string, value: Sent): string {
  const path = lineAt(value, 'path')
  if (path !== '') return path
  if (kind === 'sock_arg' || kind === 'skb_arg') {
    const end = (ip: string, port: string) => `${wordAt(value, ip)}:${wordAt(value, port)}`
    return `${end('saddr', 'sport')} -> ${end('daddr', 'dport')}`
  }
  return lineAt(value, 'name') || jsonOf(value)
}
