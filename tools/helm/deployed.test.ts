/**
 * What the chart sets is what the programs read: each variable a setting, each argument a command
 * of the image, each port and probe one that is answered, each secret's key one that is mounted.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAgentConfig } from '../../src/agent/config.ts'
import { readConfig } from '../../src/server/config.ts'
import { type Manifest, renderChart } from './chart.ts'
import { problemsOf } from './kubernetes-types.ts'
import { chartDir } from './plain.ts'
import { valuesSchema } from './values.ts'

const root = join(import.meta.dirname, '..', '..')

type Variable = { name: string; value?: string; valueFrom?: { fieldRef: { fieldPath: string } } }
type Mount = { name: string; mountPath: string }
type Container = {
  args: string[]
  env: Variable[]
  image: string
  ports?: { name: string; containerPort: number }[]
  volumeMounts: Mount[]
  [probe: string]: unknown
}
type Pod = { containers: [Container]; volumes: { name: string }[]; [key: string]: unknown }

function render(values: object = {}, release = { name: 'crowsnest', namespace: 'crowsnest' }) {
  valuesSchema.parse(values)
  return renderChart(chartDir, release, values as Record<string, unknown>)
}

function podOf(manifests: readonly Manifest[], kind: string): Pod {
  const found = manifests.find((one) => one.kind === kind) as unknown
  return (found as { spec: { template: { spec: Pod } } }).spec.template.spec
}

/** As the container sees it: what the downward API fills in has some value. */
function environmentOf({ containers: [{ env }] }: Pod): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value ?? 'filled']))
}

const everything = {
  cluster: 'eu-1',
  server: {
    tls: { existingSecret: 'certificate' },
    config: { 'retention.logs_days': 30, 'store.disk_bytes_max': 1e11, demo: false },
    existingSecret: 'more',
    ports: { elastic: 9200, syslog: 5514, fluent_forward: 24224 },
  },
  agent: { tags: ['edge', 'eu'], existingSecret: 'enrolment', caConfigMap: 'authority' },
}

describe('variables', () => {
  for (const [title, values] of Object.entries({ defaults: {}, everything })) {
    it(`of the server are settings: ${title}`, () => {
      const env = environmentOf(podOf(render(values), 'StatefulSet'))
      expect(Object.keys(env).every((name) => name.startsWith('CROWSNEST_'))).toBe(true)
      const config = readConfig({ args: [], env, read: () => undefined })
      expect(config.listen).toMatchObject({
        ui: '0.0.0.0:4300',
        otlp_grpc: '0.0.0.0:4317',
        otlp_http: '0.0.0.0:4318',
        insecure: title === 'defaults',
      })
      const isMore = title === 'everything'
      expect(config.listen).toMatchObject({
        elastic: isMore ? '0.0.0.0:9200' : 'off',
        fluent_forward: isMore ? '0.0.0.0:24224' : 'off',
        loki: 'off',
      })
      expect(config.store.dir).toBe('/data')
      const accounts = 'crowsnest/crowsnest-agent,crowsnest/crowsnest-cluster-agent'
      expect(config.fleet.service_accounts).toBe(accounts)
      if (title === 'everything') expect(config.store.disk_bytes_max).toBe(1e11)
    })

    it(`of the agents are settings: ${title}`, () => {
      for (const [kind, what] of [
        ['DaemonSet', 'node'],
        ['Deployment', 'cluster'],
      ] as const) {
        const config = readAgentConfig([], environmentOf(podOf(render(values), kind)))
        expect(config).toMatchObject({
          kind: what,
          node: 'filled',
          pod: 'filled',
          namespace: 'filled',
          state_dir: '/var/lib/crowsnest-agent',
          token_file: '/var/run/secrets/crowsnest/token',
          host_root: kind === 'DaemonSet' ? '/host' : '/',
          cluster: title === 'everything' ? 'eu-1' : 'kubernetes',
        })
      }
    })
  }

  it('and one that is no setting would be refused', () => {
    expect(() => readAgentConfig([], { CROWSNEST_AGENT_SERVR: 'x' })).toThrow(/SERVR/)
    const env = environmentOf(
      podOf(render({ server: { config: { 'store.dirr': 'x' } } }), 'StatefulSet'),
    )
    expect(() => readConfig({ args: [], env, read: () => undefined })).toThrow(/STORE_DIR/)
  })

  it('fields of the downward API are ones that a pod has', () => {
    const fields = ['DaemonSet', 'Deployment'].flatMap((kind) =>
      podOf(render(), kind).containers[0].env.flatMap(({ valueFrom }) => {
        return valueFrom?.fieldRef.fieldPath ?? []
      }),
    )
    const known = ['spec.nodeName', 'status.hostIP', 'metadata.name', 'metadata.namespace']
    expect(fields.filter((field) => !known.includes(field))).toEqual([])
    expect(new Set(fields)).toEqual(new Set(known))
  })
})

describe('the image', () => {
  const command = join(root, 'deploy', 'docker', 'crowsnest')
  const dockerfile = readFileSync(join(root, 'deploy', 'docker', 'Dockerfile'), 'utf8')

  it('has the commands that the chart gives, and no other', () => {
    const given = ['StatefulSet', 'DaemonSet', 'Deployment'].map(
      (kind) => podOf(render(), kind).containers[0].args,
    )
    expect(given).toEqual([['server'], ['agent'], ['agent']])
    const dir = mkdtempSync(join(tmpdir(), 'crowsnest-image-'))
    try {
      const run = (...args: string[]) => {
        const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}` }
        return spawnSync(join(dir, 'crowsnest'), args, { encoding: 'utf8', env })
      }
      writeFileSync(join(dir, 'crowsnest'), readFileSync(command), { mode: 0o755 })
      const told = 'console.log(JSON.stringify([process.argv.slice(2), process.execArgv]))'
      for (const file of ['src/server/main.ts', 'dist/agent.mjs']) {
        mkdirSync(dirname(join(dir, file)), { recursive: true })
        writeFileSync(join(dir, file), told)
      }
      expect(JSON.parse(run('server', '--log.level', 'a b').stdout)).toEqual([
        ['--log.level', 'a b'],
        ['--max-semi-space-size=8'],
      ])
      expect(JSON.parse(run('agent', '--kind', 'node').stdout)).toEqual([
        ['--kind', 'node'],
        ['--max-semi-space-size=1', '--max-old-space-size=192', '--v8-pool-size=1'],
      ])
      for (const wrong of [[], ['sh'], ['--help']]) {
        expect(run(...wrong)).toMatchObject({ status: 2, stdout: '' })
      }
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })

  it('copies files that are there, or that its build makes', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?:--from=build \/build\/(\S+)|(.+) \S+)/gm)]
    const paths = copied.flatMap(([, built, own]) => built ?? own!.split(' '))
    expect(paths.length).toBeGreaterThan(6)
    const made = new Set(['node_modules', 'dist', '.'])
    for (const path of paths) {
      expect([path, made.has(path) || existsSync(join(root, path))]).toEqual([path, true])
    }
    expect(dockerfile).toMatch(/^ENTRYPOINT \["crowsnest"\]$/m)
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')
    expect(paths.filter((path) => ignored.includes(path) && !made.has(path))).toEqual([])
  })

  it('opens the ports that services, probes and policies name', () => {
    const manifests = render()
    const ports = podOf(manifests, 'StatefulSet').containers[0].ports!
    const exposed = /^EXPOSE (.+)$/m.exec(dockerfile)![1]!.split(' ').map(Number)
    expect(ports.map(({ containerPort }) => containerPort)).toEqual(exposed)
    const named = new Set(ports.map(({ name }) => name))
    for (const word of JSON.stringify(manifests).matchAll(/"(?:targetPort|port)":"([^"]+)"/g)) {
      expect([word[1], named.has(word[1]!)]).toEqual([word[1], true])
    }
    const routes = readFileSync(join(root, 'src/server/routes/probes.ts'), 'utf8')
    const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => {
      const { httpGet } = podOf(manifests, 'StatefulSet').containers[0][probe] as {
        httpGet: { path: string }
      }
      return httpGet.path
    })
    expect(probes).toEqual(['/livez', '/livez', '/readyz'])
    for (const path of probes) expect(routes).toContain(`'${path}'`)
  })
})

describe('odd but allowed', () => {
  const names = (manifests: readonly Manifest[]) => manifests.map(({ metadata }) => metadata.name)
  const f = (title: string, values: object, release?: { name: string; namespace: string }) =>
    it(title, () => {
      const manifests = render(values, release)
      expect(manifests.flatMap(problemsOf)).toEqual([])
      expect(
        names(manifests).filter((name) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)),
      ).toEqual([])
      const labels = manifests.flatMap(({ metadata }) => Object.entries(metadata.labels ?? {}))
      expect(labels.filter(([, value]) => typeof value !== 'string' || value.length > 63)).toEqual(
        [],
      )
      for (const kind of ['StatefulSet', 'DaemonSet', 'Deployment']) {
        const { volumes, containers } = podOf(manifests, kind)
        const claims = JSON.stringify(manifests).includes('volumeClaimTemplates') ? ['data'] : []
        const known = new Set([...volumes.map(({ name }) => name), ...claims])
        const mounted = containers[0].volumeMounts
        expect(mounted.filter(({ name }) => !known.has(name))).toEqual([])
        expect(new Set(mounted.map(({ mountPath }) => mountPath)).size).toBe(mounted.length)
      }
    })
  const long = { name: 'a'.repeat(53), namespace: 'n'.repeat(63) }
  f('a long release', {}, long)
  f('a long release that ends where it is cut', {}, { ...long, name: `${'b'.repeat(47)}-cccc` })
  f('a release and a namespace of digits', {}, { name: '2024', namespace: '007' })
  f(
    'a release that reads as a number',
    { fullnameOverride: '1e3' },
    { name: '1e3', namespace: '0' },
  )
  f('names that read as truth', {
    fullnameOverride: 'on',
    nameOverride: 'true',
    cluster: 'null',
    image: { tag: '1.0' },
    server: { existingSecret: '12', tls: { existingSecret: 'yes' }, priorityClassName: '1' },
    agent: { existingSecret: '34', caConfigMap: 'no', priorityClassName: 'off', tags: ['1', 'no'] },
  })
  f('words with every sign of YAML', {
    cluster: `it's: "one" #1 {x} & *y`,
    server: {
      config: { 'listen.public_url': 'https://a.example/?q=#x' },
      podAnnotations: { 'a/b': 'true', c: '- "x": y', d: 'two\nlines' },
      extraEnv: [{ name: 'A', value: 'a: b # c' }],
    },
  })
  f('nothing is kept and nothing is bound', {
    server: { persistence: { enabled: false } },
    agent: { hostPorts: false, tolerations: [] },
    rbac: { create: false },
    serviceAccount: { create: false },
    networkPolicy: { enabled: false },
  })
  f('everything of the node', {
    agent: {
      extraVolumes: [{ name: 'proc', hostPath: { path: '/proc' } }],
      extraVolumeMounts: [{ name: 'proc', mountPath: '/host/proc', readOnly: true }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      affinity: { nodeAffinity: {} },
    },
  })
  f('sizes as numbers', {
    server: { persistence: { size: 1073741824 }, service: {} },
  })

  it('a digest wins over a tag, and is one', () => {
    const digest = `sha256:${'0a'.repeat(32)}`
    const image = podOf(render({ image: { digest, tag: 'x' } }), 'DaemonSet').containers[0].image
    expect(image).toBe(`crowsnest@${digest}`)
    expect(() => render({ image: { digest: 'latest' } })).toThrow()
  })

  it('agents run on every node, control planes too', () => {
    expect(podOf(render(), 'DaemonSet').tolerations).toEqual([{ operator: 'Exists' }])
  })
})
