/**
 * A command line as it may be kept: what looks like a secret is replaced. It errs on the side of
 * hiding; what no rule knows stays, so command lines are shown to those alone who may see hosts.
 */

const length_max = 1024
const hidden = '[redacted]'

const secretWord =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|' +
  'secret[-_]?key|client[-_]?secret|credentials?|auth(?:orization)?|bearer|cookie|session[-_]?id|' +
  'license[-_]?key|sas|signature|sig|requirepass|masterauth)'
/** --db-password=x, DB_PASSWORD=x, token:x, "password": "x"; the word ends the name. */
const assigned = new RegExp(
  `((?:^|[\\s,;&?{"'-])[\\w.-]*${secretWord}["']?\\s*[=:]\\s*)("[^"]*"|'[^']*'|[^\\s,;&"'}]+)`,
  'gi',
)
const flag = new RegExp(`^--?[\\w.-]*${secretWord}$`, 'i')
/** user:secret@ in any URL. */
const userInUrl = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s@/]+@/gi
/** Shapes that are secrets wherever they stand. */
const shapes = new RegExp(
  [
    'eyJ[\\w-]{4,}\\.[\\w-]{4,}\\.[\\w-]*',
    '(?:AKIA|ASIA)[A-Z0-9]{16}',
    'gh[pousr]_[A-Za-z0-9]{20,}',
    'github_pat_\\w{20,}',
    'glpat-[\\w-]{16,}',
    'xox[abeprs]-[\\w-]{10,}',
    'sk-[\\w-]{20,}',
    'AIza[\\w-]{30,}',
  ].join('|'),
  'g',
)
const bearer = /\b(Bearer|Basic)\s+[\w+/=.~-]{6,}/gi
/** Programs whose -p<secret> is a password in one word; -a and -u say one in the next. */
const joinedPassword = new Set(['mysql', 'mysqldump', 'mysqladmin', 'mariadb', 'sshpass'])
const nextPassword: Readonly<Record<string, readonly string[]>> = {
  'redis-cli': ['-a'],
  sshpass: ['-p'],
  ldapsearch: ['-w'],
  smbclient: ['-U'],
  curl: ['-u', '--user', '--proxy-user'],
  wget: ['--http-password'],
  openssl: ['-passin', '-passout'],
}

export function redactCommand(words: readonly string[]): string {
  const program = (words[0] ?? '').split('/').at(-1) ?? ''
  const kept: string[] = []
  let hidesNext = false
  for (const word of words) {
    if (hidesNext) {
      hidesNext = false
      // A flag that takes no value is followed by another flag.
      if (!word.startsWith('--')) {
        kept.push(hidden)
        continue
      }
    }
    hidesNext = flag.test(word) || (nextPassword[program]?.includes(word) ?? false)
    if (joinedPassword.has(program) && /^-p./.test(word)) kept.push(`-p${hidden}`)
    else kept.push(word)
  }
  const text = kept
    .join(' ')
    .replace(userInUrl, `$1:${hidden}@`)
    .replace(bearer, `$1 ${hidden}`)
    .replace(assigned, (all, name: string, value: string) =>
      value.startsWith(hidden) || /^(Bearer|Basic)$/i.test(value) ? all : `${name}${hidden}`,
    )
    .replace(shapes, hidden)
  return text.length > length_max ? `${text.slice(0, length_max)}…` : text
}
