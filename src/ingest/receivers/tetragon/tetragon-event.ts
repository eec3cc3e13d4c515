/** From a line of Tetragon's export to its row, its fields and a sentence. */
import { severityOfWord } from '../../../pipeline/severity-text.ts'
import { NoEvent } from '../security/no-event.ts'
import { prefixed, type ReadEvent, saying } from '../security/read-event.ts'
import { isObject, lineAt, objectAt, type Sent, timeAt, wordAt, wordsAt } from '../security/sent.ts'
import { type Arguments, argumentsOf } from './arguments.ts'
import { placeOfProcess, processOf, type TetragonProcess } from './process.ts'

const kindPattern = /^(?:process_[a-z]+|rate_limit_info)$/

export function tetragonEvent(sent: Sent): ReadEvent<'security_events'> | NoEvent {
  const kind = Object.keys(sent).find((name) => kindPattern.test(name) && isObject(sent[name]))
  if (kind === undefined) return new NoEvent('an event of Tetragon has a member process_…')
  const call = objectAt(sent, kind)
  const process = objectAt(call, 'process')
  const facts = {
    ...{ kind, call, process: processOf(process), parent: processOf(objectAt(call, 'parent')) },
    arguments: argumentsOf(call),
    place: placeOfProcess(sent, process),
    action: actionOf(call),
  }
  const severity = severityOf(facts)
  return {
    table: 'security_events',
    row: { ...rowOf(facts), severity_number: severityOfWord(severity) },
    time_ns: timeAt(sent, 'time') ?? timeAt(call, 'time'),
    event_name: `tetragon.${kind}`,
    dataset: 'tetragon.events',
    severity,
    sentence: sentenceOf(facts),
    place: facts.place,
    fields: fieldsOf(facts),
  }
}

type Facts = {
  kind: string
  call: Sent
  process: TetragonProcess
  parent: TetragonProcess
  arguments: Arguments
  place: ReadEvent['place']
  /** What Tetragon did about it: post, sigkill, override. */
  action: string
}

function actionOf(call: Sent): string {
  return wordAt(call, 'action')
    .replace(/^KPROBE_ACTION_/, '')
    .toLowerCase()
}

const enforced = new Set(['sigkill', 'override', 'signal', 'notifyenforcer', 'notifykiller'])

function severityOf({ process, action, call, kind }: Facts): string {
  if (process.isProbe) return 'debug'
  if (enforced.has(action)) return 'error'
  if (wordsAt(call, 'tags').length > 0) return 'warn'
  return kind === 'rate_limit_info' || kind === 'process_throttle' ? 'warn' : 'info'
}

function whereOf({ place }: Facts): string {
  if (place.pod !== '') return ` in ${place.namespace}/${place.pod}`
  return place.node === '' ? '' : ` on ${place.node}`
}

function sentenceOf(facts: Facts): string {
  const { kind, call, process, parent, action } = facts
  const where = whereOf(facts)
  const who = process.command || 'a process'
  const message = lineAt(call, 'message')
  const end = enforced.has(action) ? `: stopped (${action})` : ''
  if (kind === 'process_exec') {
    const by = parent.name === '' ? '' : `, started by ${parent.name}`
    return `${who} began${where}${by}`
  }
  if (kind === 'process_exit') {
    const signal = wordAt(call, 'signal')
    const status = wordAt(call, 'status') || '0'
    return `${who} ended${where} ${signal === '' ? `with ${status}` : `by ${signal}`}`
  }
  if (kind === 'rate_limit_info') {
    return `${wordAt(call, 'number_of_dropped_process_events')} events were dropped${where}`
  }
  if (kind === 'process_throttle') {
    const what = wordAt(call, 'type') === 'THROTTLE_STOP' ? 'no longer throttled' : 'throttled'
    return `events of ${wordAt(call, 'cgroup') || 'a cgroup'} are ${what}${where}`
  }
  if (message !== '') return `${message}: ${who}${where}${end}`
  const name = process.name || 'a process'
  return `${name} ${callText(facts)}${where}${end}`
}

const connects = new Set(['tcp_connect', 'tcp_v4_connect', 'tcp_v6_connect', '__sys_connect'])

function callText({ kind, call, arguments: given }: Facts): string {
  const called = calledOf(kind, call)
  const { destination_ip = '', destination_port, file_path = '' } = given
  if (connects.has(called) && destination_ip !== '') {
    return `connected to ${destination_ip}:${destination_port}`
  }
  if (kind === 'process_loader') return `loaded ${called}`
  const words = given.words.map(([, text]) => text).filter(Boolean)
  if (file_path !== '') return `used ${file_path} (${called})`
  return `called ${called}${words.length === 0 ? '' : `(${words.join(', ')})`}`
}

function calledOf(kind: string, call: Sent): string {
  const event = wordAt(call, 'event')
  if (kind === 'process_tracepoint' && event !== '') return `${wordAt(call, 'subsys')}/${event}`
  const named = wordAt(call, 'function_name') || wordAt(call, 'symbol') || wordAt(call, 'path')
  return named || kind.replace('process_', '')
}

function rowOf(facts: Facts): ReadEvent<'security_events'>['row'] {
  const { kind, call, process, parent, place, action } = facts
  const { words, ...ends } = facts.arguments
  return {
    sensor: 'tetragon',
    kind,
    event_uid: process.id,
    ...{ rule: wordAt(call, 'policy_name'), policy: wordAt(call, 'policy_name'), action },
    tags: wordsAt(call, 'tags'),
    function: isPlainProcess(kind) ? '' : calledOf(kind, call),
    ...{ process_name: process.name, process_path: process.path, process_pid: process.pid },
    ...{ process_command: process.command, process_id: process.id },
    ...{ parent_name: parent.name, parent_path: parent.path, parent_id: parent.id },
    parent_command: parent.command,
    user_id: process.user_id,
    login_user: process.login_user_id,
    working_directory: process.working_directory,
    ...{ container_id: place.container_id, image: place.image, pod_uid: place.pod_uid },
    ...ends,
    fields: [...words, ...endOf(call)],
  }
}

function isPlainProcess(kind: string): boolean {
  return kind === 'process_exec' || kind === 'process_exit'
}

function endOf(call: Sent): [string, string][] {
  const pairs: [string, string][] = ['signal', 'status', 'return_action'].map((name) => [
    name,
    wordAt(call, name),
  ])
  return pairs.filter(([, value]) => value !== '')
}

function fieldsOf(facts: Facts): ReadEvent['fields'] {
  const { kind, call, process, parent, action, arguments: given } = facts
  return saying([
    ['event.kind', wordsAt(call, 'tags').length > 0 ? 'alert' : 'event'],
    ['event.action', kind.replace('process_', '')],
    ['event.outcome', enforced.has(action) ? 'failure' : ''],
    ['rule.name', wordAt(call, 'policy_name')],
    ['tags', wordsAt(call, 'tags').join(', ')],
    ['tetragon.action', action],
    ['tetragon.function', isPlainProcess(kind) ? '' : calledOf(kind, call)],
    ['process.name', process.name],
    ['process.executable', process.path],
    ['process.command_line', process.command],
    ['process.entity_id', process.id],
    ['process.pid', process.pid],
    ['process.working_directory', process.working_directory],
    ['process.parent.name', parent.name],
    ['process.parent.command_line', parent.command],
    ['process.parent.entity_id', parent.id],
    ['user.id', process.user_id],
    ['file.path', given.file_path ?? ''],
    ['source.ip', given.source_ip ?? ''],
    ['source.port', given.source_port ?? 0],
    ['destination.ip', given.destination_ip ?? ''],
    ['destination.port', given.destination_port ?? 0],
    ['network.transport', given.protocol ?? ''],
    ...prefixed('tetragon.', endOf(call)),
  ])
}
