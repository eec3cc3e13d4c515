/** What receivers mount on the screens' port takes none of the screens' and the API's own paths. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { httpServed } from '../ingest/listen.ts'
import { findService } from '../ingest/listen-service.ts'
import { receivers } from '../ingest/receivers.ts'

const screens = readFileSync(new URL('../web/routes.ts', import.meta.url), 'utf8')
const own = [
  // The types of the screens must not come along: their paths are read as text.
  ...[...screens.matchAll(/pattern: '([^']+)'/g)].map(([, path]) => path!.replaceAll(/:\w+/g, 'x')),
  ...['/api/ask', '/api/tokens', '/api/console', '/api/session', '/api/fleet/agents'],
  ...['/healthz', '/livez', '/readyz', '/metrics', '/assets/main.js', '/sign-in', '/setup'],
  ...['/elasticsearch', '/escape', '/apm-agents', '/favicon.ico'],
]
const { services } = httpServed('ui', receivers)

test.each(own)('%s is ours', (url) => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const request = { url, method, headers: {}, socket: {} }
    const found = findService(services, request as never)
    expect(found?.mounted.source, `${method} ${url}`).toBeUndefined()
  }
})
