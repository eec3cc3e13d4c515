/** Reading of INSERT texts and of column types; inserting itself is proven in store.test.ts. */
import { describe, expect, it } from 'vitest'
import { fileStructure, insertFromFile, plainType, readInsert } from './insert.ts'

describe('types as they stand in row bytes', () => {
  const f = (type: string, plain: string) => it(type, () => expect(plainType(type)).toBe(plain))
  f('String', 'String')
  f('LowCardinality(String)', 'String')
  f('LowCardinality(Nullable(FixedString(4)))', 'Nullable(FixedString(4))')
  f('Map(LowCardinality(String), Float64)', 'Map(String, Float64)')
  f('Array(Map(LowCardinality(String), String))', 'Array(Map(String, String))')
  f("Enum8('none' = 0, 'it\\'s (a)' = 1)", 'Int8')
  f("Enum16('a' = 1000)", 'Int16')
})

describe('inserts whose data is the body', () => {
  const f = (text: string, read: unknown) => it(text, () => expect(readInsert(text)).toEqual(read))
  f('INSERT INTO `logs` (`a`, `events.time`) FORMAT RowBinary', {
    table: '`logs`',
    columns: ['a', 'events.time'],
    format: 'RowBinary',
  })
  f('insert into d.logs format Native', { table: 'd.logs', columns: [], format: 'Native' })
  f('INSERT INTO logs SELECT 1', undefined)
  f("INSERT INTO logs VALUES ('FORMAT RowBinary')", undefined)
  f('SELECT 1 FORMAT RowBinary', undefined)
})

it('the file is read with the types of the named columns only', () => {
  const described = [
    { name: 'a', type: 'LowCardinality(String)' },
    { name: 'b.c', type: 'Array(UInt8)' },
  ]
  expect(fileStructure(described, ['b.c'])).toBe('`b.c` Array(UInt8)')
  expect(fileStructure(described, [])).toBe('`a` String, `b.c` Array(UInt8)')
  expect(() => fileStructure(described, ['nope'])).toThrow('No such column nope')
})

it('settings of the call win over the defaults', () => {
  const insert = { table: 't', columns: ['a'], format: 'RowBinary' }
  const settings = new Map([
    ['max_threads', '3'],
    ['insert_deduplication_token', "it's"],
  ])
  const text = insertFromFile(insert, '/dev/shm/x', '`a` String', settings)
  expect(text).toContain(
    "INSERT INTO t (`a`) SELECT * FROM file('/dev/shm/x', 'RowBinary', '`a` String')",
  )
  expect(text).toContain('max_threads = 3')
  expect(text).toContain("insert_deduplication_token = 'it\\'s'")
})
