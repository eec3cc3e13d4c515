/** The built screens: hashed files that never change, and one page for every address of theirs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { Fault } from '../../model/faults.ts'
import type { HttpContext } from '../http-context.ts'

export async function screenRoutes(app: FastifyInstance, context: HttpContext): Promise<void> {
  const { screens_dir } = context
  const page = join(screens_dir, 'index.html')
  await app.register(fastifyStatic, {
    root: screens_dir,
    cacheControl: false,
    dotfiles: 'ignore',
    // The build leaves a .gz beside what is worth it.
    preCompressed: true,
    suppressWarning: true,
    setHeaders: (reply, path) => {
      // Names in assets/ carry a hash of their content.
      const isHashed = path.includes('/assets/')
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const isPage = request.method === 'GET' && !/^\/api\/|\.[a-z0-9]+$/i.test(path)
    if (!isPage) throw new Fault('not_found', { path })
    if (!existsSync(page)) return reply.type('text/html').send(notBuilt)
    return reply.sendFile('index.html')
  })
}

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Crowsnest</title>
<h1>The screens are not built</h1><p>Run <code>npm start</code>, which builds them first.</p>`
