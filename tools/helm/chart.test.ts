/** The chart as Helm renders it, against Kubernetes' own types, in the ways people set it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Manifest, renderChart, renderTexts } from './chart.ts'
import { evaluate } from './evaluate.ts'
import { problemsOf } from './kubernetes-types.ts'
import { parseTemplate } from './parse.ts'
import { chartDir, plainManifests } from './plain.ts'
import { valuesSchema } from './values.ts'

const release = { name: 'watch', namespace: 'lookout' }
const render = (values: object = {}) => {
  valuesSchema.parse(values)
  return renderChart(chartDir, release, values as Record<string, unknown>)
}
const names = (manifests: Manifest[]) =>
  manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`)

type PodSpec = {
  containers: {
    env: { name: string; value?: string }[]
    securityContext: { capabilities: unknown; readOnlyRootFilesystem: boolean }
    volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]
    ports?: { hostPort?: number }[]
  }[]
  volumes: { name: string; hostPath?: { path: string } }[]
  [key: string]: unknown
}
const podOf = (manifests: Manifest[], kind: string) => {
  const found = manifests.find((one) => one.kind === kind) as unknown as {
    spec: { template: { spec: PodSpec } }
  }
  return found.spec.template.spec
}
const variable = (pod: PodSpec, name: string) =>
  pod.containers[0]!.env.find((one) => one.name === name)?.value

describe('every way of setting it gives what the API server takes', () => {
  const f = (title: string, values: object) =>
    it(title, () => expect(render(values).flatMap(problemsOf)).toEqual([]))
  f('defaults', {})
  f('agents only', {
    server: { enabled: false },
    agent: {
      server: 'https://crowsnest.example.com',
      ingest: 'https://ingest.example.com',
      existingSecret: 'enrolment',
      caConfigMap: 'authority',
      tags: ['edge', 'eu'],
    },
  })
  f('server only', { agent: { enabled: false }, clusterAgent: { enabled: false } })
  f('everything set', {
    fullnameOverride: 'lookout',
    imagePullSecrets: [{ name: 'pull' }],
    image: { repository: 'mirror/crowsnest', tag: 'v1', pullPolicy: 'Always' },
    server: {
      config: { 'retention.logs_days': 30, 'store.disk_bytes_max': 100000000, demo: false },
      service: { type: 'LoadBalancer', annotations: { a: 'b' } },
      persistence: { existingClaim: 'mine' },
      tls: { existingSecret: 'certificate' },
      existingSecret: 'more',
      ingress: {
        enabled: true,
        className: 'nginx',
        hosts: [{ host: 'a.example', paths: [{ path: '/', pathType: 'Prefix' }] }],
        tls: [{ secretName: 'a', hosts: ['a.example'] }],
      },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
      extraEnv: [{ name: 'A', value: 'b' }],
      podAnnotations: { c: 'd' },
    },
    agent: { priorityClassName: 'high', hostPorts: false, podAnnotations: { e: 'f' } },
    clusterAgent: { resources: { limits: { memory: '1Gi' } }, tolerations: [{ key: 'k' }] },
  })

  it('plain YAML', () => expect(plainManifests().flatMap(problemsOf)).toEqual([]))

  it('and what is wrong is found', () => {
    const [service] = render().filter(({ kind }) => kind === 'Service')
    const wrong = JSON.parse(JSON.stringify(service)) as Manifest & {
      spec: { ports: Record<string, unknown>[] }
    }
    wrong.spec.ports[0]!.port = '4300'
    wrong.spec.ports[1]!.targetport = 4317
    expect(problemsOf(wrong)).toEqual([
      'Service.spec.ports[0].port: expected number, got string',
      'Service.spec.ports[1]: V1ServicePort has no member targetport',
    ])
  })
})

describe('what is installed', () => {
  it('names carry the release, whose own name may say it already', () => {
    expect(names(render())).toContain('StatefulSet/watch-crowsnest')
    const own = renderChart(chartDir, { name: 'crowsnest', namespace: 'x' })
    expect(names(own)).toContain('StatefulSet/crowsnest')
    expect(own.every(({ metadata }) => metadata.labels !== undefined)).toBe(true)
  })

  it('agents find the server of this release, and one elsewhere', () => {
    const here = podOf(render(), 'DaemonSet')
    expect(variable(here, 'CROWSNEST_AGENT_SERVER')).toBe('http://watch-crowsnest.lookout.svc:4300')
    const secured = render({ server: { tls: { existingSecret: 's' } } })
    expect(variable(podOf(secured, 'Deployment'), 'CROWSNEST_AGENT_INGEST')).toBe(
      'https://watch-crowsnest.lookout.svc:4318',
    )
    const away = render({ server: { enabled: false }, agent: { server: 'https://a.example' } })
    expect(variable(podOf(away, 'DaemonSet'), 'CROWSNEST_AGENT_SERVER')).toBe('https://a.example')
    expect(names(away).filter((name) => name.startsWith('StatefulSet'))).toEqual([])
  })

  it('configuration becomes variables, whole numbers stay whole', () => {
    const config = { 'retention.logs_days': 30, 'store.disk_bytes_max': 1_000_000_000 }
    const pod = podOf(render({ server: { config } }), 'StatefulSet')
    expect(variable(pod, 'CROWSNEST_RETENTION_LOGS_DAYS')).toBe('30')
    expect(variable(pod, 'CROWSNEST_STORE_DISK_BYTES_MAX')).toBe('1000000000')
  })

  it('only the node agent sees the host: its logs, read-only, and its own state', () => {
    const manifests = render()
    const hostPaths = ['StatefulSet', 'Deployment', 'DaemonSet'].map((kind) =>
      podOf(manifests, kind).volumes.flatMap(({ hostPath }) => hostPath?.path ?? []),
    )
    const own = '/var/lib/crowsnest-agent'
    expect(hostPaths).toEqual([[], [], ['/var/log', '/var/lib/docker/containers', own]])
    const writable = podOf(manifests, 'DaemonSet').containers[0]!.volumeMounts.filter(
      (mount) => mount.readOnly !== true,
    )
    expect(writable.map(({ mountPath }) => mountPath)).toEqual([own])
    expect(podOf(manifests, 'DaemonSet').containers[0]!.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
    })
  })

  it('the others keep the restricted level of pod security', () => {
    for (const kind of ['StatefulSet', 'Deployment']) {
      const pod = podOf(render(), kind)
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect(pod.containers[0]!.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  it('no right is written with a wildcard, none is about secrets or nodes/proxy', () => {
    const roles = render().filter(({ kind }) => kind === 'ClusterRole')
    const text = JSON.stringify(roles)
    expect(roles.length).toBe(3)
    for (const word of ['"*"', 'secrets', 'nodes/proxy', 'pods/exec', 'update', 'delete']) {
      expect(text).not.toContain(word)
    }
  })

  it('values.yaml keeps its own schema, which refuses what is not a value', () => {
    const defaults = parse(readFileSync(join(chartDir, 'values.yaml'), 'utf8'))
    expect(valuesSchema.parse(defaults)).toEqual(defaults)
    expect(() => valuesSchema.parse({ sever: {} })).toThrow(/sever/)
  })

  it('the notes tell where the link is', () => {
    const notes = renderTexts(chartDir, release, {}).get('NOTES.txt')
    expect(notes).toContain('kubectl logs -n lookout statefulset/watch-crowsnest | grep setup')
  })
})

describe('templates as Go runs them', () => {
  const f = (template: string, data: unknown, expected: string) =>
    it(template, () => expect(evaluate(parseTemplate(template), data, new Map())).toBe(expected))
  f('a {{- " b " -}} c', {}, 'a b c')
  f('{{ if .a }}x{{ else if .b }}y{{ else }}z{{ end }}', { a: 0, b: [1] }, 'y')
  f('{{ range $k, $v := .m }}{{ $k }}={{ $v }};{{ end }}', { m: { b: 1, a: 2 } }, 'a=2;b=1;')
  f('{{ range .l }}{{ . }}{{ else }}none{{ end }}', { l: [] }, 'none')
  f('{{ with .a }}{{ .b }}{{ end }}', { a: { b: 'c' } }, 'c')
  f('{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', {}, '2')
  f('{{ printf "%s-%q" .a (default "d" .b) | trunc 5 }}', { a: 'abc', b: '' }, 'abc-"')
  f('{{ (dict "a" .b).a }}', { b: 'c' }, 'c')
  f('{{/* nothing */}}x', {}, 'x')
  it('a member of nothing is an error', () => {
    expect(() => evaluate(parseTemplate('{{ .a.b }}'), {}, new Map())).toThrow(/member b/)
  })
})
