/** From an alert of Falco, as its http_output and Falcosidekick send it, to its row and fields. */
import { severityOfWord } from '../../../pipeline/severity-text.ts'
import type { SecurityRow } from '../../../wire/security/typed-rows.ts'
import { meanings } from '../../records/meanings.ts'
import { pathOf } from '../../records/paths.ts'
import { NoEvent } from '../security/no-event.ts'
import { type EventField, nowhere, type ReadEvent, saying } from '../security/read-event.ts'
import {
  countAt,
  lineAt,
  objectAt,
  pairsOf,
  type Sent,
  timeAt,
  wordAt,
  wordsAt,
} from '../security/sent.ts'
import { endsOf } from './connection.ts'

const priorities = [
  ...['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'],
]

export function falcoEvent(sent: Sent): ReadEvent<'security_events'> | NoEvent {
  const rule = wordAt(sent, 'rule')
  const said = wordAt(sent, 'priority').toLowerCase()
  const priority = said === 'info' ? 'informational' : said
  if (rule === '') return new NoEvent('an alert of Falco has a rule')
  if (!priorities.includes(priority)) {
    return new NoEvent(`a priority of Falco is one of ${priorities.join(', ')}`)
  }
  const output = objectAt(sent, 'output_fields')
  const place = placeOf(sent, output)
  return {
    table: 'security_events',
    row: rowOf(sent, output, { rule, priority }),
    time_ns:
      timeAt(sent, 'time') ?? timeAt(output, 'evt.time.iso8601') ?? timeAt(output, 'evt.time'),
    event_name: 'falco.alert',
    dataset: 'falco.alerts',
    severity: priority,
    sentence: sentenceOf(sent, output, rule, place),
    place,
    fields: fieldsOf(sent, output, { rule, priority }),
  }
}

/** Falco's two plugins for it call the same things differently. */
function first(output: Sent, ...names: string[]): string {
  for (const name of names) {
    const word = wordAt(output, name)
    if (word !== '' && word !== '<NA>') return word
  }
  return ''
}

function placeOf(sent: Sent, output: Sent): ReadEvent['place'] {
  const id = first(output, 'container.id')
  const repository = first(output, 'container.image.repository')
  const tag = first(output, 'container.image.tag')
  const deployment = first(output, 'k8s.deployment.name', 'k8smeta.deployment.name')
  const target = first(output, 'ka.target.resource') === 'pods'
  const pod = first(output, 'k8s.pod.name', 'k8smeta.pod.name')
  return {
    ...nowhere,
    namespace: first(output, 'k8s.ns.name', 'k8smeta.ns.name', 'ka.target.namespace'),
    workload_kind: deployment === '' ? '' : 'Deployment',
    workload: deployment,
    pod: pod || (target ? first(output, 'ka.target.name') : ''),
    pod_uid: first(output, 'k8s.pod.uid', 'k8smeta.pod.uid'),
    container: first(output, 'container.name', 'k8s.container.name'),
    container_id: id === 'host' ? '' : id,
    image: first(output, 'container.image') || (tag === '' ? repository : `${repository}:${tag}`),
    node: wordAt(sent, 'hostname'),
    service: pod === '' ? 'falco' : '',
  }
}

/** `10:00:00.123456789: Notice ` stands before every output; time and priority have columns. */
const head = /^\d\d:\d\d:\d\d\.\d+: \w+ /

function sentenceOf(sent: Sent, output: Sent, rule: string, place: ReadEvent['place']): string {
  const said = (lineAt(sent, 'message') || lineAt(sent, 'output')).replace(head, '').trim()
  if (said !== '') return said.startsWith(rule) ? said : `${rule}: ${said}`
  const command = lineAt(output, 'proc.cmdline') || wordAt(output, 'proc.name')
  const where =
    place.pod === '' ? place.node && `on ${place.node}` : `in ${place.namespace}/${place.pod}`
  return [rule, [command, where].filter(Boolean).join(' ')].filter(Boolean).join(': ')
}

type Said = { rule: string; priority: string }

function rowOf(sent: Sent, output: Sent, { rule, priority }: Said): SecurityRow<'security_events'> {
  const ancestors = [2, 3, 4, 5, 6, 7].map((level) => first(output, `proc.aname[${level}]`))
  const id = first(output, 'container.id')
  return {
    sensor: 'falco',
    kind: first(output, 'evt.source') || wordAt(sent, 'source') || 'syscall',
    event_uid: wordAt(sent, 'uuid'),
    ...{ rule, priority, severity_number: severityOfWord(priority) },
    tags: wordsAt(sent, 'tags'),
    function: first(output, 'evt.type', 'ka.verb'),
    process_name: first(output, 'proc.name'),
    process_path: first(output, 'proc.exepath', 'proc.exe'),
    process_command: lineAt(output, 'proc.cmdline'),
    process_pid: countAt(output, 'proc.pid', 0xffff_ffff),
    parent_name: first(output, 'proc.pname'),
    parent_path: first(output, 'proc.pexepath', 'proc.pexe'),
    parent_command: lineAt(output, 'proc.pcmdline'),
    ancestors: ancestors.filter(Boolean),
    user: first(output, 'user.name', 'ka.user.name'),
    user_id: first(output, 'user.uid'),
    login_user: first(output, 'user.loginname'),
    working_directory: lineAt(output, 'proc.cwd'),
    container_id: id === 'host' ? '' : id,
    image: first(output, 'container.image.repository', 'container.image'),
    image_tag: first(output, 'container.image.tag'),
    pod_uid: first(output, 'k8s.pod.uid', 'k8smeta.pod.uid'),
    ...endsOf(output),
    fields: pairsOf(output),
  }
}

function fieldsOf(sent: Sent, output: Sent, { rule, priority }: Said): EventField[] {
  const ends = endsOf(output)
  const own = pairsOf(output).map(([name, value]): EventField => {
    // A name that means something else here, such as the pod, keeps its family in front.
    const isPlain = pathOf(name).means.meaning === meanings.attribute
    return [isPlain ? name : `falco.output_fields.${name}`, value]
  })
  return saying([
    ...own,
    ['event.kind', 'alert'],
    ['event.provider', wordAt(sent, 'source')],
    ['event.id', wordAt(sent, 'uuid')],
    ['rule.name', rule],
    ['falco.priority', priority],
    ['tags', wordsAt(sent, 'tags').join(', ')],
    ['event.action', first(output, 'evt.type')],
    ['process.name', first(output, 'proc.name')],
    ['process.executable', first(output, 'proc.exepath', 'proc.exe')],
    ['process.command_line', lineAt(output, 'proc.cmdline')],
    ['process.pid', countAt(output, 'proc.pid')],
    ['process.parent.name', first(output, 'proc.pname')],
    ['process.parent.command_line', lineAt(output, 'proc.pcmdline')],
    ['user.name', first(output, 'user.name', 'ka.user.name')],
    ['file.path', ends.file_path ?? ''],
    ['source.ip', ends.source_ip ?? ''],
    ['source.port', ends.source_port ?? 0],
    ['destination.ip', ends.destination_ip ?? ''],
    ['destination.port', ends.destination_port ?? 0],
    ['network.transport', ends.protocol ?? ''],
  ])
}
