/** What Brave's instrumentation says of databases and queues, in the words that maps read. */

type Tags = ReadonlyMap<string, string>
type Add = (key: string, value: string) => void

const queues = [
  ['kafka', ['kafka.topic']],
  ['rabbitmq', ['rabbit.queue', 'rabbit.exchange', 'rabbit.routing_key']],
  ['jms', ['jms.queue', 'jms.topic']],
] as const

const databases = [
  ['mongodb', ['mongodb.command']],
  ['cassandra', ['cassandra.query', 'cql.query']],
  ['redis', ['redis.command']],
] as const

const sqlSystems = /^(mysql|mariadb|postgresql|postgres|oracle|sqlserver|mssql|h2|sqlite)(?![a-z])/i

/** Remote is the name of the other side, which for databases often begins with their kind. */
export function addSystem(tags: Tags, remote: string, add: Add): void {
  const queue = named(tags, queues)
  if (queue !== undefined) {
    add('messaging.system', queue.system)
    add('messaging.destination.name', queue.value)
    return
  }
  const statement = tags.get('sql.query')
  if (statement !== undefined) {
    const [, system = 'other_sql'] = sqlSystems.exec(remote) ?? []
    add('db.system.name', system.toLowerCase() === 'postgres' ? 'postgresql' : system.toLowerCase())
    add('db.query.text', statement)
    return
  }
  const database = named(tags, databases)
  if (database !== undefined) add('db.system.name', database.system)
}

function named(tags: Tags, known: readonly (readonly [string, readonly string[]])[]) {
  for (const [system, names] of known) {
    const value = names.map((name) => tags.get(name)).find((one) => one !== undefined)
    if (value !== undefined) return { system, value }
  }
  return undefined
}
