/** The agent's version: package.json's, or what the bundler put in its place. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

declare const CROWSNEST_VERSION: string | undefined

export const version = typeof CROWSNEST_VERSION === 'string' ? CROWSNEST_VERSION : read()

function read(): string {
  const path = join(import.meta.dirname, '..', '..', 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
