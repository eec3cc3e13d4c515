/**
 * docs/agent.md: how the agent is run, its settings, and every integration with its own. The
 * sentences of integrations are those of the screens.
 */
import { z } from 'zod'
import { agentSettings } from '../../src/agent/agent-settings.ts'
import { agentFlagOf, agentVariableOf } from '../../src/agent/config.ts'
import { runsOn } from '../../src/agent/policy-places.ts'
import { agentKinds } from '../../src/model/fleet.ts'
import {
  type IntegrationType,
  integrationSchemas,
  integrationTypes,
} from '../../src/model/policy.ts'
import { code, fenced, generated, page, table } from './markdown.ts'

/** Named by a variable: the screens' files are checked with other libraries than these. */
const wordsFile: string = '../../src/pages/fleet/integration-words.ts'
const words: Readonly<Record<string, string>> = (await import(wordsFile)).integrationWords.en
const places = { node: 'each node', cluster: 'the cluster agent', host: 'a machine' } as const

export function agentPage(): string {
  return page([
    generated('src/agent/agent-settings.ts and src/model/policy.ts'),
    '# The agent',
    about,
    fenced('sh', commands),
    standalone,
    fenced('yaml', policy),
    '## Settings',
    'A flag wins over a variable, a variable over the default:\n' +
      `${code(agentFlagOf('state_dir'))} is ${code(agentVariableOf('state_dir'))}. Unknown ones\n` +
      'are refused. Bytes take a number, or one with KiB, MiB, GiB or TiB.',
    settingsTable(),
    '## Integrations',
    'A policy is a list of integrations, made in Agents > Policies or written as above. Each\n' +
      'has an `id` within its policy, a `type`, `enabled` (true) and `settings`. Durations end\n' +
      'in `_s`.',
    ...integrationTypes.flatMap(integration),
  ])
}

const about = `One program watches a node, a cluster or a machine. It reads, keeps what it read
in a bounded spool on disk, and sends it with an id for each chunk, so that nothing is lost and
nothing is stored twice when it, the server or the network fails. What it collects is said by
its policy, which comes from Fleet and reaches it within seconds; a policy that does not work is
put back. What it does not see, and why, it tells as coverage: Agents > one agent.

The server runs it for its own machine when it starts on loopback addresses (\`agent\` in
[config.md](config.md)). In Kubernetes it is installed by
[install-kubernetes.md](install-kubernetes.md). On another machine, with a token from Agents >
Add agent:`

const commands = `
CROWSNEST_AGENT_SERVER=https://crowsnest.example.com \\
  CROWSNEST_AGENT_INGEST=https://crowsnest.example.com:4318 \\
  CROWSNEST_AGENT_TOKEN_FILE=/etc/crowsnest/token \\
  crowsnest agent --state-dir /var/lib/crowsnest-agent
`

const standalone = `\`crowsnest agent\` is the command of the image; from the sources it is
\`node src/agent/main.ts\`, or \`node dist/agent.mjs\` after \`npm run build\`: one file that
needs Node 24 and nothing else. SIGTERM ends it within 10 s; what it could not send by then is
in the spool.

Without Fleet the policy is a file, which is read again when it changes, and the token is an
ingest token from Settings: \`crowsnest agent --policy policy.yaml --token-file token\`.`

const policy = `
integrations:
  - id: host
    type: host
    settings:
      log_files: [/var/log/*.log, /srv/app/log/app.log]
  - id: cache
    type: redis
    settings: { hosts: [127.0.0.1:6379], password: secret }
`

function settingsTable(): string {
  const rows = Object.entries(agentSettings).map(([key, setting]) => [
    code(key),
    setting.default === '' ? '' : code(setting.default),
    setting.bound,
    setting.says,
  ])
  return table(['Key', 'Default', 'Bound', 'What it does'], rows)
}

function integration(type: IntegrationType): string[] {
  const kinds = agentKinds.filter((kind) => runsOn(type, kind)).map((kind) => places[kind])
  return [
    `### ${code(type)}`,
    `${words[`fleet.type.${type}.says`]}. Runs on: ${kinds.join(', ')}.`,
    table(['Setting', 'Default', 'Bound', 'What it does'], settingRows(type)),
  ]
}

type JsonSchema = {
  type?: string
  properties?: Record<string, JsonSchema>
  items?: JsonSchema
  enum?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
  pattern?: string
  format?: string
}

function settingRows(type: IntegrationType): string[][] {
  const schema = z.toJSONSchema(integrationSchemas[type], { io: 'input' }) as JsonSchema
  return rowsOf(schema, '')
}

function rowsOf(schema: JsonSchema, before: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const path = `${before}${name}`
    if (one.properties !== undefined) return rowsOf(one, `${path}.`)
    const shown = one.default === undefined ? '' : code(JSON.stringify(one.default))
    return [[code(path), shown, boundOf(one), settingSays(path)]]
  })
}

/** The words of the form in which people set it. Throws when it has none. */
export function settingSays(path: string): string {
  const label = words[`fleet.field.${path}`]
  if (label === undefined) throw new Error(`integration-words.ts has no fleet.field.${path}`)
  const hint = words[`fleet.field.${path}.hint`]
  return hint === undefined ? `${label}.` : `${label}. ${hint}.`
}

function boundOf(schema: JsonSchema): string {
  const { type, items, minimum, maximum, maxItems, maxLength } = schema
  if (schema.enum !== undefined) return schema.enum.join(', ')
  if (type === 'array') return `at most ${maxItems}: ${boundOf(items ?? {})}`
  if (type === 'boolean') return 'true or false'
  if (type === 'integer' || type === 'number') return `${minimum} to ${maximum}`
  if (schema.format === 'uri') return 'http://… or https://…'
  if (schema.pattern?.startsWith('^\\/')) return 'path'
  return `text of at most ${maxLength} letters`
}
