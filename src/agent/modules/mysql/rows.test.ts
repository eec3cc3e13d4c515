/** What MySQL and MariaDB answer in the versions that are about, without any of them running. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mysqlAliases } from '../../../model/metric-aliases-mysql.ts'
import type { MetricLabels } from '../../../model/metric-names.ts'
import { Measures } from '../measures.ts'
import { shownHost } from '../module.ts'
import { goAddress, mysqlAddress } from './address.ts'
import { type MysqlMetric, mysqlMetrics, plainVariables, splitVariables } from './metrics.ts'
import { limitStatements, replicaQuestion, serverVersion } from './questions.ts'
import { addReplica, addStatus, addTables, addVariables, numberOf, variablesOf } from './rows.ts'

const row = (values: Record<string, string>) => new Map(Object.entries(values))

function told(add: (into: Measures<MysqlMetric>) => void): Record<string, string[]> {
  const measures = new Measures<MysqlMetric>(mysqlMetrics, 0)
  add(measures)
  return Object.fromEntries(
    [...measures.points].map(([name, points]) => [
      name,
      points.map(({ value, attributes }) => [value, ...Object.values(attributes)].join(' ')),
    ]),
  )
}

test('status: what is known becomes its metric, what is not is not said', () => {
  const f = (status: Record<string, string>, expected: Record<string, string[]>) => {
    const rows = Object.entries(status).map(([variable_name, value]) =>
      row({ variable_name, value }),
    )
    expect(told((into) => addStatus(into, variablesOf(rows)))).toEqual(expected)
  }
  f({}, {})
  f({ Uptime: '', Threads_running: 'x', Slave_running: 'ON', Queries: '-1' }, {})
  f({ Uptime: '40', Queries: '18446744073709551615' }, { 'mysql.uptime': ['40'] })
  f(
    { Threads_connected: '3', THREADS_RUNNING: '1', Aborted_connects: '2' },
    { 'mysql.threads': ['3 connected', '1 running'], 'mysql.connection.errors': ['2 aborted'] },
  )
  f(
    { Innodb_rows_read: '9', Innodb_rows_inserted: '4', Innodb_row_lock_time: '7' },
    { 'mysql.row_operations': ['4 inserted', '9 read'], 'mysql.row_locks': ['7 time'] },
  )
  f(
    { Mysqlx_connections_rejected: '1', Mysqlx_worker_threads: '2' },
    { 'mysql.mysqlx_connections': ['1 rejected'], 'mysql.mysqlx_worker_threads': ['2 available'] },
  )
  f(
    { Innodb_buffer_pool_pages_data: '10', Innodb_buffer_pool_pages_dirty: '4' },
    {
      'mysql.buffer_pool.pages': ['10 data'],
      'mysql.buffer_pool.data_pages': ['4 dirty', '6 clean'],
    },
  )
  f(
    { Innodb_buffer_pool_bytes_data: '4', Innodb_buffer_pool_bytes_dirty: '5' },
    { 'mysql.buffer_pool.usage': ['5 dirty', '0 clean'] },
  )
  f({ Innodb_buffer_pool_pages_misc: '18446744073709551584' }, {})
})

test('every variable is read once, and every attribute value once a metric', () => {
  const variables = [
    ...plainVariables.map(([, variable]) => variable),
    ...splitVariables.flatMap(([, , split]) => Object.values(split)),
  ]
  expect(variables).toEqual([...new Set(variables)])
  for (const variable of variables) expect(variable).toBe(variable.toLowerCase())
})

test('other names of a part name a part that is sent', () => {
  for (const [name, aliases] of Object.entries(mysqlAliases)) {
    expect(mysqlMetrics).toHaveProperty([name])
    const sent = splitVariables.filter(([metric]) => metric === name)
    for (const alias of aliases) {
      const labels: MetricLabels =
        typeof alias === 'object' && 1 in alias && typeof alias[1] === 'object' ? alias[1] : {}
      for (const [attribute, value] of Object.entries(labels)) {
        if (attribute === 'status' && value === 'dirty') continue
        const found = sent.some(([, key, variables]) => key === attribute && value in variables)
        expect(found, `${name} ${attribute}=${value}`).toBe(true)
      }
    }
  }
})

test('numbers: digits alone, and none that wrapped below zero', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
      expect(numberOf(String(value))).toBe(value < 2n ** 63n - 512n ? Number(value) : undefined)
    }),
    { examples: [[0n], [2n ** 53n], [2n ** 64n - 1n]] },
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = numberOf(text)
      if (value !== undefined) expect(value).toBe(Number(text))
    }),
  )
})

test('replicas: of MySQL, of MariaDB, of several sources, stopped', () => {
  const f = (rows: Record<string, string>[], expected: Record<string, string[]>) =>
    expect(told((into) => addReplica(into, rows.map(row)))).toEqual(expected)
  const behind = 'mysql.replica.time_behind_source'
  const delay = 'mysql.replica.sql_delay'
  f([], {})
  f([{ seconds_behind_source: '7', sql_delay: '0', channel_name: '' }], {
    [behind]: ['7'],
    [delay]: ['0'],
  })
  f([{ seconds_behind_master: '0', sql_delay: '60' }], { [behind]: ['0'], [delay]: ['60'] })
  f([{ sql_delay: '0' }], { [delay]: ['0'] })
  f(
    [
      { connection_name: 'east', seconds_behind_master: '1' },
      { connection_name: '', seconds_behind_master: '2' },
    ],
    { [behind]: ['1 east', '2'] },
  )
})

test('tables and variables: sizes that are not known are left out', () => {
  expect(
    told((into) =>
      addTables(into, [
        row({ schema: 'shop', table: 'cart', row_count: '3', data: '16384', indexes: '0' }),
        row({ schema: 'shop', table: 'broken' }),
      ]),
    ),
  ).toEqual({
    'mysql.table.rows': ['3 shop cart'],
    'mysql.table.size': ['16384 shop cart data', '0 shop cart index'],
  })
  expect(told((into) => addVariables(into, row({ max_connections: '151' })))).toEqual({
    'mysql.connection.max': ['151'],
  })
})

test('versions, and what each is asked', () => {
  const f = (text: string, expected: string, replica: string, limit: string) => {
    const version = serverVersion(text)
    expect(`${version.isMariaDb ? 'mariadb' : 'mysql'} ${version.text} ${version.number}`).toBe(
      expected,
    )
    expect(replicaQuestion(version)).toBe(replica)
    expect(limitStatements(version, 750)[0]).toBe(`set session ${limit}`)
  }
  const [mariaDb, mysql] = ['max_statement_time = 0.750', 'max_execution_time = 750']
  f('8.4.3', 'mysql 8.4.3 80403', 'show replica status', mysql)
  f('8.0.22-13', 'mysql 8.0.22 80022', 'show replica status', mysql)
  f('8.0.21', 'mysql 8.0.21 80021', 'show slave status', mysql)
  f('5.7.44-log', 'mysql 5.7.44 50744', 'show slave status', mysql)
  f('10.11.19-MariaDB-0+deb12u1', 'mariadb 10.11.19 101119', 'show all slaves status', mariaDb)
  f('5.5.5-10.6.1-MariaDB', 'mariadb 10.6.1 100601', 'show all slaves status', mariaDb)
  f('11.4.2-MariaDB', 'mariadb 11.4.2 110402', 'show all slaves status', mariaDb)
  f('', 'mysql  0', 'show slave status', mysql)
})

const ask = (host: string, username = '', password = '') =>
  mysqlAddress({ host, username, password, timeout_ms: 1, metricsets: [], now_ms: 0 })

test('hosts: plain, as URL, as Go writes them, and how TLS is asked for', () => {
  const f = (host: string, expected: string) => {
    const { username, password, address, port, tls } = ask(host)
    const checks = tls?.rejectUnauthorized === true ? ' signed' : ' encrypted'
    const how = tls === undefined ? '' : `${checks}${tls.verifyIdentity ? ' named' : ''}`
    expect(`${username}:${password}@${address}:${port}${how}`).toBe(expected)
  }
  f('10.0.0.1', ':@10.0.0.1:3306')
  f('db:3307', ':@db:3307')
  f('mysql://root:p%40ss@db/shop', 'root:p@ss@db:3306')
  f('mysql://[::1]:3307', ':@::1:3307')
  f('root:p@s:s/#?%41@tcp(10.0.0.1:3307)/shop', 'root:p@s:s/#?%41@10.0.0.1:3307')
  f('root@tcp([::1]:3307)/', 'root:@::1:3307')
  f('tcp(db)', ':@db:3306')
  f('db/?ssl-mode=REQUIRED', ':@db:3306 encrypted')
  f('db/?sslMode=verify_ca', ':@db:3306 signed')
  f('db/x?a=b&ssl-mode=VERIFY_IDENTITY', ':@db:3306 signed named')
  f('10.0.0.1/?ssl-mode=VERIFY_CA', ':@10.0.0.1:3306 signed')
  f('db/?ssl-mode=DISABLED', ':@db:3306')
  f('u:p@tcp(db:3306)/?tls=true', 'u:p@db:3306 signed named')
  f('u:p?tls=true@tcp(db:3306)/?tls=skip-verify', 'u:p?tls=true@db:3306 encrypted')
  expect(ask('a:b@tcp(db)/', 'user', 'secret')).toMatchObject({
    username: 'user',
    password: 'secret',
  })
})

test('hosts that cannot be, in words without the password', () => {
  const f = (host: string, expected: RegExp) => {
    expect(() => ask(host)).toThrow(expected)
    expect(() => ask(host)).not.toThrow(/hush/)
  }
  f('root:hush@unix(/run/mysqld.sock)/', /^unix\(.*socket file.*host:port/)
  f('root:hush@tcp()/', /has no name|cannot be read/)
  f('root:hush@[oops', /cannot be read/)
  f('root:hush@db/?ssl-mode=maybe', /^db.*TLS mode is not known/)
  f('root:hush@db/?ssl-mode=constructor', /TLS mode is not known/)
  f('root:hush@10.0.0.1/?ssl-mode=VERIFY_IDENTITY', /name is needed.*VERIFY_CA/)
})

test('no password is in what is shown of a host', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (secret) => {
      const host = `root:<${secret}>@tcp(db:3306)/`
      expect(goAddress(host)).toMatchObject({ credentials: `root:<${secret}>`, address: 'db:3306' })
      expect(shownHost(host)).toBe('tcp(db:3306)/')
    }),
  )
})
