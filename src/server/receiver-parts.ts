/** What receivers share, on top of the state: kept objects, pipelines and who this server is. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Reader, type Response } from 'maxmind'
import type { Logger } from 'pino'
import { KeptPipelines } from '../ingest/kept-pipelines.ts'
import type { NamedObjects, ReceiverParts } from '../ingest/parts.ts'
import type { GeoLookup } from '../pipeline/ingest/run.ts'
import type { Config } from './settings.ts'
import { version } from './version.ts'

export async function openReceiverParts(
  config: Config,
  objects: NamedObjects,
  { now_ms, log }: { now_ms: () => number; log: Logger },
): Promise<ReceiverParts & { close(): void }> {
  const pipelines = new KeptPipelines({
    objects,
    now_ms,
    geo: geoDatabases(config.pipelines.geoip_dir),
    onError: (error, pipeline) => log.warn({ err: error, pipeline }, 'a pipeline cannot be run'),
  })
  await pipelines.refresh()
  const cluster_uuid = await clusterUuid(objects)
  return {
    objects,
    pipelines,
    server: { name: 'crowsnest', version, cluster_uuid },
    now_ms,
    close: () => pipelines.close(),
  }
}

/** Databases that the user brings: read when first asked for, from their folder alone. */
function geoDatabases(dir: string): (databaseFile: string) => GeoLookup | undefined {
  const open = new Map<string, GeoLookup | undefined>()
  return (file) => {
    if (dir === '' || !/^[\w.-]+\.mmdb$/.test(file)) return undefined
    if (!open.has(file)) open.set(file, openDatabase(join(dir, file)))
    return open.get(file)
  }
}

function openDatabase(path: string): GeoLookup | undefined {
  if (!existsSync(path)) return undefined
  const reader = new Reader<Response>(readFileSync(path))
  return (address) => reader.get(address)
}

/** Clients compare it between connections: made once, then kept. */
async function clusterUuid(objects: NamedObjects): Promise<string> {
  const kept = await objects.get('cluster_setting', 'crowsnest.cluster_uuid')
  if (typeof kept?.body === 'string') return kept.body
  const made = createHash('sha256').update(crypto.randomUUID()).digest('base64url').slice(0, 22)
  await objects.put('cluster_setting', 'crowsnest.cluster_uuid', made, 'crowsnest')
  return made
}
