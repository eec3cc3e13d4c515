/** user_agent: browser, operating system and device of a user agent's text, by bowser. */
import bowser from 'bowser'
import type { DocumentMap } from '../../document.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const properties = ['name', 'os', 'device', 'original', 'version'] as const
const agent_length_max = 1024
const cached_max = 1000

export const userAgent: ProcessorKind = {
  type: 'user_agent',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', 'user_agent')
    const wanted = options.optionalStrings('properties')?.map((one) => one.toLowerCase())
    for (const one of wanted ?? []) {
      if ((properties as readonly string[]).includes(one)) continue
      const known = properties.map((word) => word.toUpperCase()).join(', ')
      options.refuse('properties', `illegal property value [${one}]. valid values are [${known}]`)
    }
    if (options.has('regex_file')) {
      options.refuse('regex_file', 'files of expressions are not kept here')
    }
    const hasDeviceType = options.boolean('extract_device_type', false)
    const ignoreMissing = options.boolean('ignore_missing', false)
    const isWanted = (one: string) => wanted === undefined || wanted.includes(one)
    return (run) => {
      const text = run.readText(field, ignoreMissing)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot parse user-agent.`)
      }
      const agent = agentOf(text)
      const made: DocumentMap = new Map()
      if (isWanted('name')) made.set('name', agent.name)
      if (isWanted('version') && agent.version !== '') made.set('version', agent.version)
      if (isWanted('os') && agent.os !== '') {
        const os: DocumentMap = new Map([['name', agent.os]])
        if (agent.osVersion !== '') os.set('version', agent.osVersion)
        os.set('full', agent.osVersion === '' ? agent.os : `${agent.os} ${agent.osVersion}`)
        made.set('os', os)
      }
      if (isWanted('device')) {
        const device: DocumentMap = new Map([['name', agent.device]])
        if (hasDeviceType) device.set('type', agent.deviceType)
        made.set('device', device)
      }
      if (isWanted('original')) made.set('original', text)
      run.write(target, made)
      return undefined
    }
  },
}

type Agent = {
  name: string
  version: string
  os: string
  osVersion: string
  device: string
  deviceType: string
}

/** The same few texts come again and again. */
const known = new Map<string, Agent>()

function agentOf(text: string): Agent {
  const found = known.get(text)
  if (found !== undefined) return found
  const made = parsed(text.slice(0, agent_length_max))
  if (known.size >= cached_max) known.clear()
  known.set(text, made)
  return made
}

const types: Record<string, string> = { desktop: 'Desktop', mobile: 'Phone', tablet: 'Tablet' }

/** What is not a browser: name and version as it writes them itself. */
const programs: readonly (readonly [RegExp, string?])[] = [
  [/^(curl|Wget|kube-probe|okhttp|axios|PostmanRuntime|GoogleHC|ELB-HealthChecker)\/([\d.]+)/i],
  [/^(python-requests)\/(\d+(?:\.\d+)?)/i, 'Python Requests'],
  [/^(Go-http-client)\/([\d.]+)/],
  [/^(Apache-HttpClient)\/([\d.]+)/],
  [/^(Java)\/([\d._]+)/],
  [/^(Prometheus|Grafana|Blackbox-Exporter|Alertmanager)\/v?([\d.]+)/i],
  [/\b(Googlebot|bingbot|YandexBot|AhrefsBot|SemrushBot|DuckDuckBot)(?:\/([\d.]+))?/i],
]

/** As Elasticsearch's list of expressions calls them, where bowser has another word. */
const browserNames: Readonly<Record<string, string>> = {
  'Microsoft Edge': 'Edge',
  'Internet Explorer': 'IE',
  'Samsung Internet for Android': 'Samsung Internet',
}

function nameOf(browser: string, text: string): string {
  const name = browserNames[browser] ?? browser
  if (name === 'Chrome' && /\bMobile\b/.test(text)) return 'Chrome Mobile'
  if (name === 'Safari' && /\b(?:iPhone|iPad|iPod)\b/.test(text)) return 'Mobile Safari'
  if (name === 'Firefox' && /\b(?:Mobile|Tablet);/.test(text)) return 'Firefox Mobile'
  return name === '' ? 'Other' : name
}

function parsed(text: string): Agent {
  for (const [program, name] of programs) {
    const [, found, version = ''] = program.exec(text) ?? []
    if (found === undefined) continue
    const isRobot = /bot/i.test(found)
    const kind = isRobot ? { device: 'Spider', deviceType: 'Robot' } : {}
    return { ...unknownAgent, name: name ?? found, version, ...kind }
  }
  return text === '' ? unknownAgent : browserOf(text)
}

function browserOf(text: string): Agent {
  const { browser, os, platform } = bowser.parse(text)
  const linux = /\b(Ubuntu|Fedora|Debian)\b/.exec(text)?.[1]
  const osName = os.name === 'macOS' ? 'Mac OS X' : (linux ?? os.name ?? '')
  const isRobot = /bot|crawl|spider|slurp/i.test(text)
  const device = platform.model ?? (osName === 'Mac OS X' ? 'Mac' : undefined)
  return {
    name: nameOf(browser.name ?? '', text),
    version: browser.version ?? '',
    os: osName,
    osVersion: (osName === 'Windows' ? os.versionName : os.version) ?? '',
    device: isRobot ? 'Spider' : (device ?? platform.vendor ?? 'Other'),
    deviceType: isRobot ? 'Robot' : (types[platform.type ?? ''] ?? 'Other'),
  }
}

const unknownAgent: Agent = {
  ...{ name: 'Other', version: '', os: '', osVersion: '', device: 'Other', deviceType: 'Other' },
}
