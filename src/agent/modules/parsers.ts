/**
 * The log parsers of all modules by module and fileset, the words of co.elastic.logs/module and
 * co.elastic.logs/fileset. Reading lines and choosing the parser is the log collectors' work.
 */
import type { ContinuesRecord } from '../../pipeline/multiline.ts'
import { mysqlError, mysqlSlow, mysqlSlowContinues } from './logs/mysql-log.ts'
import { nginxAccess, nginxError } from './logs/nginx-log.ts'
import type { LineParser } from './logs/parsed-line.ts'
import { postgresqlContinues, postgresqlLog } from './logs/postgresql-log.ts'
import { redisLog } from './logs/redis-log.ts'

type Fileset = { parse: LineParser; continues?: ContinuesRecord }

const filesets: Readonly<Record<string, Readonly<Record<string, Fileset>>>> = {
  redis: { log: { parse: redisLog } },
  nginx: { access: { parse: nginxAccess }, error: { parse: nginxError } },
  postgresql: { log: { parse: postgresqlLog, continues: postgresqlContinues } },
  mysql: {
    error: { parse: mysqlError },
    slowlog: { parse: mysqlSlow, continues: mysqlSlowContinues },
  },
}

/** Other words for the same programs, those of Fluent Bit's parsers too. */
const moduleAliases: Readonly<Record<string, string>> = {
  valkey: 'redis',
  postgres: 'postgresql',
  mariadb: 'mysql',
  'k8s-nginx-ingress': 'nginx',
  ingress_controller: 'nginx',
}

function filesetsOf(module: string): Readonly<Record<string, Fileset>> | undefined {
  const name = module.toLowerCase()
  const known = Object.hasOwn(moduleAliases, name) ? moduleAliases[name]! : name
  return Object.hasOwn(filesets, known) ? filesets[known] : undefined
}

/**
 * The parser of a fileset; without one, a parser that tries every fileset of the module in turn.
 * Undefined when the module or the fileset is not known here.
 */
export function parserOf(module: string, fileset?: string): LineParser | undefined {
  const known = filesetsOf(module)
  if (known === undefined) return undefined
  if (fileset !== undefined && fileset !== '') {
    return Object.hasOwn(known, fileset) ? known[fileset]!.parse : undefined
  }
  const parsers = Object.values(known).map(({ parse }) => parse)
  if (parsers.length === 1) return parsers[0]
  return (line) => {
    for (const parse of parsers) {
      const parsed = parse(line)
      if (parsed !== undefined) return parsed
    }
    return undefined
  }
}

/**
 * How lines of this fileset are joined to records; undefined when every line is a record. Without
 * a fileset that of a module that has but one.
 */
export function continuesOf(module: string, fileset?: string): ContinuesRecord | undefined {
  const known = filesetsOf(module)
  if (known === undefined) return undefined
  if (fileset !== undefined && fileset !== '') {
    return Object.hasOwn(known, fileset) ? known[fileset]!.continues : undefined
  }
  const all = Object.values(known)
  return all.length === 1 ? all[0]!.continues : undefined
}

export const parserModules = Object.keys(filesets)
