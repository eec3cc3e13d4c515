/** Settings that APM agents fetch: an administrator lists, saves and deletes them. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { agentConfigs, configName } from '../../ingest/receivers/apm/agent-configs.ts'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

const kind = 'apm_agent_config'
/** As agents may be called; empty is any of them. */
const serviceSchema = z
  .string()
  .max(200)
  .regex(/^[a-zA-Z0-9 _-]*$/, { error: 'expected letters, digits, spaces, _ and -' })
const environmentSchema = z
  .string()
  .max(100)
  .regex(/^[^|\p{Cc}]*$/u, { error: 'expected no | and no control character' })
const ofSchema = z.strictObject({
  service: serviceSchema.default(''),
  environment: environmentSchema.default(''),
})
const keySchema = z
  .string()
  .regex(/^[a-z][a-z0-9_.]{0,99}$/, { error: 'expected small letters, digits, _ and .' })
const settings_max = 100
const saveSchema = z.strictObject({
  service: serviceSchema,
  environment: environmentSchema,
  agent_name: z.string().max(64).default(''),
  settings: z.record(keySchema, z.string().min(1).max(1024)).refine(
    (settings) => {
      const count = Object.keys(settings).length
      return count > 0 && count <= settings_max
    },
    { error: `expected 1 to ${settings_max} settings` },
  ),
})

export function apmAgentRoutes(app: FastifyInstance, context: Guarded): void {
  const { log, parts } = context
  const { objects } = parts

  app.get('/api/apm-agents', async (request) => {
    await personOf(request, context, 'admin')
    const configs = agentConfigs(objects)
    return { configs: await configs.list(), asking: configs.asking() }
  })

  app.put('/api/apm-agents', async (request) => {
    const user = await personOf(request, context, 'admin')
    const saved = read(saveSchema, request.body)
    const name = configName(saved.service, saved.environment)
    const version = await objects.put(kind, name, saved, user.name)
    log.info({ by: user.name, name, version }, 'settings of APM agents were saved')
    return { name, version }
  })

  app.delete('/api/apm-agents', async (request) => {
    const user = await personOf(request, context, 'admin')
    const { service, environment } = read(ofSchema, request.query)
    const name = configName(service, environment)
    const deleted = await objects.delete(kind, name)
    log.info({ by: user.name, name, deleted }, 'settings of APM agents were deleted')
    return { deleted }
  })
}
