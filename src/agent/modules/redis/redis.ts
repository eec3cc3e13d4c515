/** Redis and Valkey: asks INFO and SLOWLOG LEN over one short connection. */
import { converse } from '../ask-socket.ts'
import { hostAddress, type Module, type ModuleAsk, ModuleError, shownHost } from '../module.ts'
import { infoFields, redisMeasures, redisResource } from './info.ts'
import { redisMetrics } from './metrics.ts'
import { type Reply, RespError, readReply, respCommand } from './resp.ts'

export const redis: Module = {
  name: 'redis',
  metrics: redisMetrics,
  async read(ask) {
    const address = hostAddress(ask, 6379, ['rediss'])
    const { info, slow } = await converse(ask.host, address, ask.timeout_ms, async (line) => {
      if (address.password !== '') {
        const words = address.username === '' ? [] : [address.username]
        line.write(respCommand('AUTH', ...words, address.password))
        refuse(ask, await line.read(readReply))
      }
      line.write(respCommand('INFO'))
      line.write(respCommand('SLOWLOG', 'LEN'))
      return { info: await line.read(readReply), slow: await line.read(readReply) }
    })
    refuse(ask, info)
    if (typeof info !== 'string') throw new ModuleError('unreadable', notInfo(ask))
    const fields = infoFields(info)
    if (!fields.has('redis_version')) throw new ModuleError('unreadable', notInfo(ask))
    const wants = (set: string) => ask.metricsets.length === 0 || ask.metricsets.includes(set)
    const parts = { info: wants('info'), keyspace: wants('keyspace') }
    const measures = redisMeasures(fields, parts, ask.now_ms)
    // Managed servers forbid SLOWLOG; the rest is worth having without it.
    if (parts.info && typeof slow === 'number') measures.add('redis.slowlog.length', slow)
    const server = { 'server.address': address.address, 'server.port': address.port }
    return [{ attributes: { ...server, ...redisResource(fields) }, measures }]
  },
}

function notInfo(ask: ModuleAsk): string {
  return `${shownHost(ask.host)} did not answer INFO as Redis does.`
}

function refuse(ask: ModuleAsk, reply: Reply): void {
  if (!(reply instanceof RespError)) return
  const host = shownHost(ask.host)
  if (/^(NOAUTH|WRONGPASS|ERR (invalid password|AUTH|Client sent AUTH))/i.test(reply.text)) {
    throw new ModuleError('permission', `${host} refused the password. Set username and password.`)
  }
  if (/^NOPERM/.test(reply.text)) {
    const grant = 'Grant it: ACL SETUSER <name> +info +slowlog|len'
    throw new ModuleError('permission', `The user of ${host} may not ask INFO. ${grant}`)
  }
  throw new ModuleError('unreadable', `${host} answered: ${reply.text.slice(0, 200)}`)
}
