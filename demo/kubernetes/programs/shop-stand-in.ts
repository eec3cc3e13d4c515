/** Stands in for the shop's services where the shop does not run: their lines and figures. */
import { hash } from '../../random.ts'
import { services } from '../../services/services.ts'
import { lineOf } from '../../world/chatter.ts'
import { logRecord } from '../../world/log-lines.ts'
import { every, type Program, type ProgramMaker, waving } from './program.ts'

const native_bytes = 38 * 1024 * 1024

export const shopStandIn: ProgramMaker = (around): Program | undefined => {
  const service = services.find(({ image }) => around.image.startsWith(`${image}:`))
  if (service === undefined) return undefined
  const phase = (hash(around.pod.metadata.uid) % 628) / 100
  const talkers = (service.chatter ?? []).map((chatter) =>
    every(chatter.every_s * 250, around.random, (time_ms) => {
      const line = lineOf(chatter, around.random)
      const { body } = logRecord(service, { ...line, time_ms })
      const isText = typeof body === 'string' && service.log_style !== 'structured'
      const { severity, message, fields } = line
      const time = new Date(time_ms).toISOString()
      around.log(isText ? body : JSON.stringify({ level: severity, time, msg: message, ...fields }))
    }),
  )
  let isNew = true
  return {
    memory_bytes: waving(service.heap_bytes + native_bytes, 0.1, phase),
    cpu_cores: waving(0.06, 0.5, phase),
    network: waving(24_000, 0.4, phase),
    ready_after_ms: 900,
    tick(now_ms, passed_ms) {
      if (isNew) around.log(`${service.name} is listening on :${service.port}`)
      isNew = false
      for (const talk of talkers) talk(now_ms, passed_ms)
    },
    stop: () => around.log('received SIGTERM, draining connections'),
  }
}
