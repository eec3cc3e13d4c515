/** Every path that the console offers is answered here. */
import { expect, test } from 'vitest'
import { elasticRoutes } from '../../src/ingest/receivers/elastic/routes.ts'
import { knownPaths } from '../../src/pages/dev-tools/console-paths.ts'

test.each(knownPaths)('$methods $path', ({ methods, path }) => {
  const address = `/${path.replaceAll(/\{\w+\}/g, 'x')}`
  for (const method of methods.split(' ')) {
    expect(() => elasticRoutes.find(method, address), method).not.toThrow()
  }
})
