/** Every module that can ask a program for metrics. Adding one is a folder and a line here. */
import type { Module } from './module.ts'
import { mysql } from './mysql/mysql.ts'
import { nginx } from './nginx/nginx.ts'
import { postgresql } from './postgresql/postgresql.ts'
import { redis } from './redis/redis.ts'

export const modules: readonly Module[] = [redis, nginx, postgresql, mysql]

/** Other words for the same programs. */
const aliases: Readonly<Record<string, string>> = {
  valkey: 'redis',
  postgres: 'postgresql',
  mariadb: 'mysql',
}

export function moduleOf(name: string): Module | undefined {
  const word = name.toLowerCase()
  const known = Object.hasOwn(aliases, word) ? aliases[word] : word
  return modules.find((module) => module.name === known)
}
