/**
 * The redis and nginx pods as the real programs, where they are installed: at the pod's own
 * address, so that an agent's modules get true answers.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Program, ProgramMaker, Surroundings } from './program.ts'
import { systemProgram } from './system.ts'

export type RealServers = { redis: boolean; nginx: boolean }

export function installedServers(): RealServers {
  const has = (command: string, argument: string) => spawnSync(command, [argument]).status === 0
  return { redis: has('redis-server', '--version'), nginx: has('nginx', '-v') }
}

/**
 * Its standard input closes when this process ends in any way; then the server ends too. Lines go
 * through a named pipe: nginx cannot open the socket that a child's output is.
 */
const guarded = [
  'exec 3<&0; rm -f "$0/out"; mkfifo "$0/out"; cat "$0/out" &',
  '"$@" </dev/null >"$0/out" & server=$!',
  '(cat <&3 >/dev/null; kill $server 2>/dev/null) & wait $server',
].join('\n')

function nginxFile(dir: string, address: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir}/${name};`)
    .join(' ')
  const location = 'location = /nginx_status { stub_status; access_log off; }'
  const log = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
  const text = [
    `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log stderr warn;`,
    'events { worker_connections 64; }',
    `http { ${paths}`,
    `log_format demo '${log} "$http_referer" "$http_user_agent"'; access_log /dev/stdout demo;`,
    `server { listen ${address}:80; ${location} location / { return 200 "shop\\n"; } } }`,
  ].join('\n')
  const path = join(dir, 'nginx.conf')
  writeFileSync(path, text)
  return path
}

function commandOf(around: Surroundings, dir: string): string[] {
  const { ip, container } = around
  if (container === 'nginx') return ['nginx', '-p', dir, '-c', nginxFile(dir, ip)]
  const quiet = ['--save', '', '--appendonly', 'no', '--protected-mode', 'no']
  return ['redis-server', '--bind', ip, '--port', '6379', '--dir', dir, ...quiet]
}

/** Only in a network whose addresses are real; elsewhere these pods are played like the others. */
export function realServers(dir: string, has: RealServers): ProgramMaker {
  return (around) => {
    const { container, pod } = around
    if (container !== 'redis' && container !== 'nginx') return undefined
    if (!has[container]) return undefined
    const folder = join(dir, 'programs', pod.metadata.uid)
    mkdirSync(folder, { recursive: true })
    const [command = '', ...args] = commandOf(around, folder)
    const child = spawn('sh', ['-c', guarded, folder, command, ...args], { stdio: 'pipe' })
    follow(child, around)
    const played = systemProgram(around)!
    let lines = 0
    return {
      memory_bytes: played.memory_bytes,
      cpu_cores: played.cpu_cores,
      ready_after_ms: 300,
      tick() {
        // Someone visits, so that there is an access log.
        if (container === 'nginx' && lines++ % 6 === 0) visit(`http://${around.ip}/?q=${lines}`)
      },
      stop: () => void child.stdin?.end(),
    } satisfies Program
  }
}

function follow(child: ChildProcess, around: Surroundings): void {
  child.on('error', () => around.exit(127))
  child.once('exit', (code) => {
    child.stdin?.end()
    around.exit(code ?? 137)
  })
  for (const stream of ['stdout', 'stderr'] as const) {
    createInterface({ input: child[stream]! }).on('line', (line) => around.log(line, stream))
  }
}

function visit(url: string): void {
  const headers = { 'user-agent': 'demo-visitor/1.0' }
  fetch(url, { headers }).then(
    (response) => response.text(),
    () => '',
  )
}
