/** Who the machine is: the resource that everything the agent reads on it carries. */
import { arch, hostname } from 'node:os'
import type { CollectorContext } from '../../collector.ts'
import type { HostFiles } from './host-files.ts'

/** OpenTelemetry's words for what Node calls the architecture. */
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: 'x86',
  arm: 'arm32',
  ppc64: 'ppc64',
}

export type Named = Pick<CollectorContext['agent'], 'node' | 'kind'>

/** The name that the agent has is the machine's; on a node of a cluster it is the node's too. */
export function hostResource(files: HostFiles, { node, kind }: Named): Record<string, string> {
  const release = files.glance('etc/os-release', 'usr/lib/os-release') ?? ''
  const word = (name: string) =>
    new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1]?.trim() ?? ''
  const kernel = files.glance('proc/sys/kernel/osrelease')?.trim() ?? ''
  const name = files.glance('proc/sys/kernel/hostname', 'etc/hostname')?.trim()
  const id = files.glance('etc/machine-id', 'var/lib/dbus/machine-id')?.trim()
  const pretty = word('PRETTY_NAME')
  const attributes: Record<string, string> = {
    // Inside a container the kernel says the container's name; the node's is right.
    'host.name': node !== '' ? node : name !== undefined && name !== '' ? name : hostname(),
    'host.id': id !== undefined && /^[0-9a-f]{32}$/.test(id) ? id : '',
    'host.arch': architectures[arch()] ?? arch(),
    'os.type': 'linux',
    'os.name': word('NAME'),
    'os.version': word('VERSION_ID'),
    'os.description': [pretty, kernel === '' ? '' : `Linux ${kernel}`].filter(Boolean).join(', '),
    'k8s.node.name': kind === 'host' ? '' : node,
  }
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''))
}
