/** The product's version, as package.json has it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

export const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  .version as string
