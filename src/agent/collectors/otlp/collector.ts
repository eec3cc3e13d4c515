/**
 * The OTLP gateway of a node: SDKs send to their own node, which knows the pod behind a connection,
 * adds what Kubernetes knows of it and keeps everything on disk while the server is away.
 */
import type { Server } from 'node:net'
import { Fault } from '../../../model/faults.ts'
import type { Collector } from '../../collector.ts'
import { createEnrich } from './enrich.ts'
import { createGrpcGateway } from './listen-grpc.ts'
import { createHttpGateway } from './listen-http.ts'
import { createIntake } from './take.ts'

const variable = '$' + '{node.ip}'

export const otlp: Collector<'otlp'> = {
  type: 'otlp',
  async start({ settings, agent, sink, cluster, log, now_ms }) {
    const intake = createIntake(sink, createEnrich(cluster, agent), now_ms)
    const failed = (error: unknown) => log.error({ err: error }, 'an OTLP request failed')
    const http = createHttpGateway(intake, failed)
    const grpc = createGrpcGateway(intake, failed)
    const close = async () => {
      grpc.close()
      http.closeIdleConnections()
      await Promise.all([closed(http), closed(grpc.server)])
    }
    try {
      const bound = {
        http: await listen(http, onNode(settings.http, agent.node_ip)),
        grpc: await listen(grpc.server, onNode(settings.grpc, agent.node_ip)),
      }
      log.info(bound, 'the OTLP gateway listens')
    } catch (error) {
      await close()
      throw error
    }
    let refusedBefore = 0
    let takenBefore = 0
    return {
      health() {
        const { failed: errors } = intake.figures
        return errors === 0
          ? { state: 'healthy', message: '' }
          : {
              state: 'degraded',
              message: `${errors} requests failed inside the agent: see its log`,
            }
      },
      coverage() {
        const { records, refused } = intake.figures
        const row = {
          time_ms: now_ms(),
          source: 'otlp',
          signal: 'traces' as const,
          namespace: '',
          workload: '',
          pod: '',
          lag_s: 0,
          records: records - takenBefore,
          dropped: refused - refusedBefore,
        }
        takenBefore = records
        refusedBefore = refused
        if (row.records === 0 && row.dropped === 0) return []
        return row.dropped === 0
          ? [{ ...row, state: 'arriving', reason: '', detail: '' }]
          : [
              {
                ...row,
                state: 'dropped',
                reason: 'spool_full',
                detail: 'Senders were told to retry: the spool of this node is full.',
              },
            ]
      },
      stop: close,
    }
  },
}

/** `${node.ip}:4318` listens at the node's own address alone. */
function onNode(address: string, node_ip = ''): string {
  const host = node_ip.includes(':') ? `[${node_ip}]` : node_ip
  return node_ip === '' ? address : address.replace(variable, host)
}

/** `off` closes a listener. Answers what was bound, for port 0. */
function listen(server: Server, address: string): Promise<string> {
  if (address === 'off') return Promise.resolve('off')
  const found = /^(?:\[([0-9a-f:.%a-z]+)\]|([^:[\]]*)):(\d{1,5})$/i.exec(address)
  const expected = 'host:port or off'
  if (found === null) throw new Fault('config_invalid', { key: 'otlp', expected, got: address })
  const host = found[1] ?? found[2]
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new Fault('listen_failed', { address, detail: error.code ?? error.message }, error))
    server.once('error', fail)
    server.listen({ host: host === '' ? undefined : host, port: Number(found[3]) }, () => {
      server.off('error', fail)
      const bound = server.address()
      const port = typeof bound === 'object' && bound !== null ? bound.port : 0
      resolve(`${host}:${port}`)
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => (server.listening ? server.close(() => resolve()) : resolve()))
}
