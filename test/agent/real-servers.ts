/**
 * Starts the real programs that modules ask, for tests: each on a free port of this machine, in a
 * folder of its own, gone when stopped. Knows nothing of what is asked.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const deadline_ms = 30_000

export type RealServer = {
  port: number
  folder: string
  log(): string
  /** Its files stay. */
  end(): Promise<void>
  stop(): Promise<void>
}

/** Where a program is on this machine; undefined when it is not installed. */
export function programPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/bin']
  for (const folder of [...folders, ...postgresqlFolders()]) {
    const path = join(folder, name)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return undefined
}

function postgresqlFolders(): string[] {
  try {
    return readdirSync('/usr/lib/postgresql').map((v) => `/usr/lib/postgresql/${v}/bin`)
  } catch {
    return []
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function running(
  folder: string,
  port: number,
  path: string,
  words: string[],
  options: { cwd?: string; uid?: number; gid?: number } = {},
): Promise<RealServer> {
  const child = spawn(path, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  child.stdout.on('data', (bytes) => {
    text += bytes
  })
  child.stderr.on('data', (bytes) => {
    text += bytes
  })
  const until_ms = Date.now() + deadline_ms
  while (!(await accepts(port))) {
    if (Date.now() > until_ms || child.exitCode !== null) {
      await ended(child, 'SIGKILL')
      throw new Error(`${path} did not start: ${text.slice(-2000)}`)
    }
    await pause(50)
  }
  return {
    port,
    folder,
    log: () => text,
    end: () => ended(child, 'SIGTERM'),
    async stop() {
      await ended(child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await gone
  clearTimeout(timer)
}

export async function startRedis(path: string, ...more: string[]): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'crowsnest-redis-'))
  const port = await freePort()
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  return running(folder, port, path, [...words, ...more])
}

export async function startNginx(path: string): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'crowsnest-nginx-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const paths = temporary.map((word) => `${word}_temp_path ${folder}/${word};`).join('\n')
  const timed = `'$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent" rt=$request_time'`
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log info;
events {}
http {
  ${paths}
  log_format timed ${timed};
  access_log ${folder}/access.log timed;
  access_log ${folder}/combined.log combined;
  server {
    listen 127.0.0.1:${port};
    location = /nginx_status { stub_status; }
    location = /hello { return 200 'hello'; }
    location = /forbidden { return 403; }
    location / { root ${folder}/www; }
  }
}
`,
  )
  mkdirSync(join(folder, 'www'))
  const words = ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log'), '-p', folder]
  return running(folder, port, path, words)
}

/** PostgreSQL refuses to run as root: then it runs as nobody's or its own user. */
export async function startPostgresql(postgres: string, initdb: string): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'crowsnest-postgresql-'))
  const port = await freePort()
  const as = process.getuid?.() === 0 ? userIds('postgres', 'nobody') : {}
  if (as.uid !== undefined) execFileSync('chown', [`${as.uid}:${as.gid}`, folder])
  const data = join(folder, 'data')
  const options = { ...as, cwd: folder, stdio: 'ignore' as const }
  const words = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8']
  execFileSync(initdb, [...words, '--locale=C'], options)
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' }
  const more = { log_line_prefix: '%m [%p] %q%u@%d ', log_timezone: 'UTC', port: String(port) }
  const flags = Object.entries({ ...settings, ...more }).map(
    ([name, value]) => `--${name}=${value}`,
  )
  return running(folder, port, postgres, ['-D', data, ...flags], { ...as, cwd: folder })
}

/** Root needs no password, of any address: the tests make the users they need. */
export async function startMariadb(
  mariadbd: string,
  installDb: string,
  ...more: string[]
): Promise<RealServer> {
  const folder = mkdtempSync(join(tmpdir(), 'crowsnest-mariadb-'))
  const as = mariadbUser()
  if (as.uid !== undefined) execFileSync('chown', [`${as.uid}:${as.gid}`, folder])
  const words = ['--no-defaults', `--datadir=${join(folder, 'data')}`, '--skip-test-db']
  const normal = '--auth-root-authentication-method=normal'
  execFileSync(installDb, [...words, normal], { ...as, cwd: folder, stdio: 'ignore' })
  return runMariadb(mariadbd, folder, await freePort(), ...more)
}

/** On files that are there: of a server that has ended. */
export function runMariadb(
  mariadbd: string,
  folder: string,
  port: number,
  ...more: string[]
): Promise<RealServer> {
  const files = [`--datadir=${join(folder, 'data')}`, `--socket=${join(folder, 'socket')}`]
  const place = [`--port=${port}`, '--bind-address=127.0.0.1', `--tmpdir=${folder}`]
  const small = ['--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=16M']
  const words = ['--no-defaults', ...files, ...place, ...small, ...more]
  return running(folder, port, mariadbd, words, { ...mariadbUser(), cwd: folder })
}

function mariadbUser(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? userIds('mysql', 'nobody') : {}
}

function userIds(...users: string[]): { uid?: number; gid?: number } {
  for (const user of users) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, user]).toString())
      return { uid: id('-u'), gid: id('-g') }
    } catch {}
  }
  return {}
}
