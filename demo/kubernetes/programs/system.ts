/** The programs of the cluster itself: DNS, proxy, network, etcd and the control plane. */
import { between, hash, pick, type Random } from '../../random.ts'
import { every, type Program, type ProgramMaker, waving } from './program.ts'

const mebibyte = 1024 * 1024

type Habit = {
  memory_mb: number
  cpu_cores: number
  every_s: number
  hello?: (version: string) => string
  say: (random: Random, now_ms: number) => string
}

/** klog: `I1121 12:00:01.123456       1 file.go:42] message`. */
function klog(level: string, file: string, message: string, now_ms: number): string {
  const time = new Date(now_ms).toISOString()
  const day = time.slice(5, 10).replace('-', '')
  return `${level}${day} ${time.slice(11, 23)}000       1 ${file}] ${message}`
}

const zap = (now_ms: number, level: string, msg: string, more: object) =>
  JSON.stringify({
    level,
    ts: new Date(now_ms).toISOString(),
    caller: 'mvcc/index.go:214',
    msg,
    ...more,
  })

const names = ['catalog.shop.svc.cluster.local.', 'cart.shop.svc.cluster.local.'].concat([
  'payment.payments.svc.cluster.local.',
  'api.mail.example.',
  'kafka.data.svc.cluster.local.',
])

export const habits: Record<string, Habit> = {
  coredns: {
    memory_mb: 22,
    cpu_cores: 0.012,
    every_s: 12,
    hello: (version) =>
      `.:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df\nCoreDNS-${version}`,
    say: (random) => {
      const name = pick(random, names)
      const [type, code] = pick(random, [
        ['A', 'NOERROR'],
        ['AAAA', 'NOERROR'],
        ['A', 'NXDOMAIN'],
      ])
      const port = between(random, 32_768, 60_999)
      const from = `10.244.${between(random, 1, 3)}.${between(random, 10, 240)}:${port}`
      const size = between(random, 40, 70)
      return (
        `[INFO] ${from} - ${port % 4099} "${type} IN ${name} udp ${size} false 512" ` +
        `${code} qr,aa,rd ${size + 60} 0.000${between(random, 60, 420)}s`
      )
    },
  },
  'kube-proxy': {
    memory_mb: 31,
    cpu_cores: 0.006,
    every_s: 30,
    say: (random, now_ms) =>
      klog(
        'I',
        'proxier.go:805',
        `"SyncProxyRules complete" elapsed="${between(random, 20, 60)}ms"`,
        now_ms,
      ),
  },
  kindnetd: {
    memory_mb: 18,
    cpu_cores: 0.004,
    every_s: 20,
    say: (_, now_ms) =>
      klog('I', 'main.go:297', 'Handling node with IPs: map[127.0.0.1:{}]', now_ms),
  },
  etcd: {
    memory_mb: 96,
    cpu_cores: 0.04,
    every_s: 20,
    say: (random, now_ms) => {
      const revision = Math.floor(now_ms / 1000)
      return random() < 0.1
        ? zap(now_ms, 'warn', 'apply request took too long', {
            took: `${between(random, 101, 340)}ms`,
          })
        : zap(now_ms, 'info', 'compact tree index', { revision })
    },
  },
  'kube-apiserver': {
    memory_mb: 310,
    cpu_cores: 0.09,
    every_s: 15,
    say: (random, now_ms) => {
      const resource = pick(random, ['pods', 'nodes', 'endpointslices', 'leases'])
      return klog(
        'I',
        'httplog.go:134',
        `"HTTP" verb="WATCH" URI="/api/v1/${resource}" resp=200`,
        now_ms,
      )
    },
  },
  'kube-controller-manager': {
    memory_mb: 62,
    cpu_cores: 0.022,
    every_s: 25,
    say: (random, now_ms) => {
      const what = pick(random, ['shop/cart', 'shop/catalog', 'payments/payment'])
      return klog(
        'I',
        'replica_set.go:679',
        `"Finished syncing" kind="ReplicaSet" key="${what}"`,
        now_ms,
      )
    },
  },
  'kube-scheduler': {
    memory_mb: 34,
    cpu_cores: 0.007,
    every_s: 40,
    say: (_, now_ms) =>
      klog('I', 'schedule_one.go:304', '"Successfully bound pod to node"', now_ms),
  },
  'kube-state-metrics': {
    memory_mb: 40,
    cpu_cores: 0.005,
    every_s: 60,
    say: (_, now_ms) =>
      klog('I', 'builder.go:282', '"Active resources" activeStoreNames="pods"', now_ms),
  },
  'postgres-catalog': {
    memory_mb: 210,
    cpu_cores: 0.05,
    every_s: 15,
    hello: () => 'LOG:  database system is ready to accept connections',
    say: (random, now_ms) => {
      const time = `${new Date(now_ms).toISOString().slice(0, 23).replace('T', ' ')} UTC`
      if (random() >= 0.2) {
        const buffers = between(random, 20, 400)
        return `${time} [27] LOG:  checkpoint complete: wrote ${buffers} buffers (0.4%)`
      }
      return [
        'ERROR:  duplicate key value violates unique constraint "orders_pkey"',
        `DETAIL:  Key (id)=(${between(random, 1, 99_999)}) already exists.`,
        'STATEMENT:  INSERT INTO orders (id) VALUES ($1)',
      ]
        .map((line) => `${time} [61] ${line}`)
        .join('\n')
    },
  },
  redis: {
    memory_mb: 14,
    cpu_cores: 0.008,
    every_s: 20,
    hello: () => '1:M * Ready to accept connections tcp',
    say: (random, now_ms) => {
      const time = new Date(now_ms).toUTCString().slice(5, 25)
      const [fraction, changes] = [between(random, 100, 999), between(random, 10, 300)]
      return `1:M ${time}.${fraction} * ${changes} changes in 60 seconds. Saving...`
    },
  },
  nginx: {
    memory_mb: 11,
    cpu_cores: 0.005,
    every_s: 3,
    say: (random, now_ms) => {
      const time = new Date(now_ms).toUTCString().slice(5, 25).replaceAll(' ', '/')
      const [status, path] = pick(random, [
        ['200', '/'],
        ['200', '/assets/app.js'],
        ['304', '/'],
        ['404', '/favicon.ico'],
        ['502', '/api/cart'],
      ])
      return (
        `203.0.113.${between(random, 1, 250)} - - [${time.replace(/\/(\d\d):/, ':$1:')} +0000] ` +
        `"GET ${path} HTTP/1.1" ${status} ${between(random, 150, 9000)} "-" "Mozilla/5.0"`
      )
    },
  },
}

/** By the container's name, which these programs have in every cluster. */
export const systemProgram: ProgramMaker = (around): Program | undefined => {
  const habit = habits[around.container]
  if (habit === undefined) return undefined
  const phase = (hash(around.pod.metadata.uid) % 628) / 100
  const [, tag = ''] = /:([^:/]+)$/.exec(around.image) ?? []
  let isNew = true
  const say = every(habit.every_s * 1000, around.random, (now_ms) => {
    around.log(habit.say(around.random, now_ms), around.container === 'nginx' ? 'stdout' : 'stderr')
  })
  return {
    memory_bytes: waving(habit.memory_mb * mebibyte, 0.06, phase),
    cpu_cores: waving(habit.cpu_cores, 0.4, phase),
    network: waving(900, 0.5, phase),
    ready_after_ms: 600,
    tick(now_ms, passed_ms) {
      if (isNew && habit.hello !== undefined) around.log(habit.hello(tag))
      isNew = false
      say(now_ms, passed_ms)
    },
    stop: () => around.log('received SIGTERM, shutting down'),
  }
}
