/** promtool, Prometheus's own client, asks us. Where it is not installed the test says so. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { prometheusApi } from '../../src/api/prometheus/prometheus-api.ts'
import { programPath } from '../agent/real-servers.ts'
import { openPrometheusStore, type PrometheusStore } from './prometheus-store.ts'
import { type ServedApi, serveApi } from './served-api.ts'

const promtool = programPath('promtool')
const now_ms = Date.UTC(2026, 10, 20, 12)
const t = now_ms / 1_000
let store: PrometheusStore
let served: ServedApi
beforeAll(async () => {
  store = await openPrometheusStore(now_ms)
  const labels = { __name__: 'up', job: 'a' }
  const points = [3, 2, 1].map((i) => [now_ms - i * 15_000, i] as const)
  await store.write([{ labels, points }])
  served = await serveApi(prometheusApi, () => store.context())
}, 60_000)
afterAll(async () => {
  await served.close()
  await store.close()
})

async function said(...args: string[]): Promise<string> {
  const run = promisify(execFile)(promtool!, ['query', ...args], { timeout: 20_000 })
  return (await run).stdout
}

describe('promtool query', () => {
  const f = (args: string[], expected: string) =>
    test(args.join(' '), async (context) => {
      if (promtool === undefined) return context.skip('promtool is not installed on this machine')
      const [command, ...rest] = args
      const flags = rest.filter((one) => one.startsWith('--'))
      const others = rest.filter((one) => !one.startsWith('--'))
      expect(await said(command!, ...flags, served.base, ...others)).toBe(expected)
    })
  f(['instant', `--time=${t}`, 'up'], `up{job="a"} => 1 @[${t}]\n`)
  f(['instant', `--time=${t}`, '1+1'], `scalar: 2 @[${t}]\n`)
  f(
    ['range', `--start=${t - 30}`, `--end=${t}`, '--step=15s', 'sum(up)'],
    `{} =>\n2 @[${t - 30}]\n1 @[${t - 15}]\n1 @[${t}]\n`,
  )
  f(['series', '--match=up', `--start=${t - 60}`, `--end=${t}`], '{__name__="up", job="a"}\n')
  f(['labels', `--start=${t - 60}`, `--end=${t}`, 'job'], 'a\n')
})
