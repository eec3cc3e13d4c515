/** For tests: a PostgreSQL server of its own in a folder that goes, where one is installed. */
import { execFile, execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
const bin = versions.map((version) => `/usr/lib/postgresql/${version}/bin`).find(existsSync)

/** Undefined where it is not installed (Debian: postgresql). */
export async function startPostgres(): Promise<
  { url: string; stop: () => Promise<void> } | undefined
> {
  if (bin === undefined) return undefined
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-pg-'))
  // The server refuses to run as root; Debian's package brings the user postgres.
  const asUser = process.getuid?.() === 0 ? postgresUser() : undefined
  const run = (name: string, args: string[]) =>
    promisify(execFile)(join(bin, name), args, { ...asUser, cwd: dir })
  if (asUser) chownSync(dir, asUser.uid, asUser.gid)
  const data = join(dir, 'data')
  await run('initdb', ['-D', data, '-U', 'crowsnest', '-A', 'trust', '--no-sync'])
  const options = `-k ${dir} -c listen_addresses= -c fsync=off`
  await run('pg_ctl', ['-D', data, '-l', join(dir, 'log'), '-w', '-o', options, 'start'])
  return {
    url: `postgresql://crowsnest@localhost/postgres?host=${encodeURIComponent(dir)}`,
    stop: async () => {
      await run('pg_ctl', ['-D', data, '-m', 'immediate', 'stop'])
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
