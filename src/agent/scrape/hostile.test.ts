/** Targets that answer what no program should: refused, within bounds, with a reason that helps. */
import http, { type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CollectedMetrics } from '../../../test/agent/collected-metrics.ts'
import { Fetcher, openAccess, scrape_bytes_max } from './fetch-text.ts'
import { MetricsOutput } from './metrics-output.ts'
import { Scraper } from './scrape-target.ts'

const wait_ms = 60_000
let answer: RequestListener = () => {}
const server = http.createServer((request, response) => answer(request, response))
const fetcher = new Fetcher()
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
})
afterAll(async () => {
  fetcher.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

type Bounds = { samples_max?: number; timeout_ms?: number; url?: string }

async function scrape(bounds: Bounds = {}) {
  const sink = new CollectedMetrics()
  const output = new MetricsOutput(sink, { name: 'test', version: '1' })
  const limits = { interval_ms: 30_000, timeout_ms: 20_000, samples_max: 50_000 }
  const about = { id: 'x', url, access: openAccess, labels: [], honor_labels: false, resource: {} }
  const target = { ...limits, ...about, ...bounds }
  const scraper = new Scraper(target, { output, fetcher, now_ms: Date.now })
  await scraper.scrape()
  await output.flush()
  const points = sink.take()
  const told = points.filter(({ metric }) => !/^(?:up|scrape_.*)$/.test(metric))
  return { scraper, told, up: points.find(({ metric }) => metric === 'up')?.value }
}

async function refused(bounds: Bounds, reason: string, sentence: RegExp): Promise<void> {
  const { scraper, told, up } = await scrape(bounds)
  expect(scraper.failure?.reason, scraper.failure?.sentence).toBe(reason)
  expect(scraper.failure?.sentence).toMatch(sentence)
  expect([told, up]).toEqual([[], 0])
}

const text =
  (body: string | Buffer, headers = {}): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4', ...headers }).end(body)

/** Gives the same piece again and again, until nobody takes it; counts what was taken. */
function endless(piece: string | ((at: number) => string)) {
  const sent = { bytes: 0, isOver: false }
  const listener: RequestListener = (_, response) => {
    let at = 0
    const more = () => {
      for (let room = true; room && !sent.isOver; at++) {
        const next = typeof piece === 'string' ? piece : piece(at)
        room = response.write(next)
        sent.bytes += next.length
      }
    }
    response.on('drain', more).on('close', () => {
      sent.isOver = true
    })
    more()
  }
  return { sent, listener }
}

test(
  'a text without end is left as soon as a bound is reached',
  async () => {
    const f = async (piece: Parameters<typeof endless>[0], reason: string, expected: RegExp) => {
      const { sent, listener } = endless(piece)
      answer = listener
      await refused({}, reason, expected)
      return sent.bytes
    }
    const slack_bytes = 4 * 1024 * 1024
    const comments = `${'# nothing\n'.repeat(1000)}`
    expect(await f(comments, 'limit', /larger than 67108864 bytes/)).toBeLessThan(
      scrape_bytes_max + slack_bytes,
    )
    expect(await f('x'.repeat(10_000), 'unreadable', /longer than 65536/)).toBeLessThan(slack_bytes)
    const series = (at: number) => `a{b="${at}"} 1\nc{d="${at}"} 2\n`
    expect(await f(series, 'limit', /exposes more than 50000 samples/)).toBeLessThan(slack_bytes)
    const types = (at: number) => `# TYPE a${at} gauge\n`
    expect(await f(types, 'limit', /exposes more than 50000/)).toBeLessThan(slack_bytes)
  },
  wait_ms,
)

test(
  'what is packed well is counted as it is unpacked',
  async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      const zip = createGzip()
      zip.pipe(response)
      const piece = '# nothing\n'.repeat(100_000)
      let isOver = false
      response.on('close', () => {
        isOver = true
        zip.destroy()
      })
      const more = () => {
        while (!isOver && zip.write(piece));
      }
      zip.on('drain', more).on('error', () => {})
      more()
    }
    await refused({}, 'limit', /larger than/)
    answer = text('not gzip', { 'content-encoding': 'gzip' })
    await refused({}, 'unreadable', /incorrect header check/)
    answer = text(gzipSync('a 1\nb 2\n').subarray(0, -9), { 'content-encoding': 'gzip' })
    await refused({}, 'unreadable', /unexpected end of file/)
  },
  wait_ms,
)

test(
  'why nothing was got is one of few reasons, and a sentence',
  async () => {
    const f = async (
      listener: RequestListener,
      reason: string,
      expected: RegExp,
      bounds: Bounds = {},
    ) => {
      answer = listener
      await refused(bounds, reason, expected)
    }
    const status = (code: number): RequestListener => {
      return (_, response) => response.writeHead(code).end('no')
    }
    await f(status(401), 'permission', /answered 401/)
    await f(status(403), 'permission', /answered 403/)
    await f(status(404), 'unreadable', /answered 404/)
    await f(status(302), 'unreadable', /answered 302/)
    await f(status(500), 'unreadable', /answered 500/)
    const late = { timeout_ms: 300 }
    await f(() => {}, 'no_endpoint', /no answer within 300 ms/, late)
    const drips: RequestListener = (_, response) => {
      const timer = setInterval(() => response.write('a 1\n'), 50)
      response.on('close', () => clearInterval(timer))
    }
    await f(drips, 'no_endpoint', /no answer within 300 ms/, late)
    const cut: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('a 1\n')
      setImmediate(() => request.socket.destroy())
    }
    await f(cut, 'unreadable', /the answer was cut off/)
    await f(() => {}, 'no_endpoint', /nothing listens there/, { url: 'http://127.0.0.1:1/metrics' })
    await f(text('<!doctype html>'), 'unreadable', /expected the name of a metric, got "<"/)
    await f(text('{"status":"UP"}'), 'unreadable', /Prometheus text/)
    await f(text(Buffer.from([0x61, 0x20, 0xff, 0x0a])), 'unreadable', /the text is not UTF-8/)
    await f(text(Buffer.from('a{b="é', 'utf8').subarray(0, -1)), 'unreadable', /not UTF-8/)
    await f(text('a{b="1",b="2"} 1\n'), 'unreadable', /label b is there twice/)
  },
  wait_ms,
)

test(
  'odd but right: kept',
  async () => {
    answer = text('a NaN\nb{c="日本"} +Inf\nb{c="日本"} 7\n')
    const { told, scraper } = await scrape()
    expect(scraper.failure).toBeUndefined()
    expect(told.map(({ metric, value }) => [metric, value])).toEqual([
      ['a', Number.NaN],
      ['b', Number.POSITIVE_INFINITY],
    ])
    // A character of three bytes is cut by every border between pieces.
    const line = `a{b="${'日'.repeat(20_000)}"} 1\n`
    answer = text(line)
    expect((await scrape()).told[0]?.labels.b).toBe('日'.repeat(20_000))
  },
  wait_ms,
)

test(
  'a hundred thousand series are a limit, or a hundred thousand points where they are allowed',
  async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `many{of="${at}"} ${at}\n`)
    answer = text(lines.join(''))
    await refused({}, 'limit', /more than 50000 samples.*Raise samples_max/)
    const { told } = await scrape({ samples_max: 100_000 })
    expect(told).toHaveLength(100_000)
  },
  wait_ms,
)
