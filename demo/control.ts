/** How a running shop is told of scenarios: one line each way on a unix socket of this user. */
import { once } from 'node:events'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import {
  parseScenario,
  type ScenarioOrder,
  type ScenarioSwitch,
  scenarioNames,
} from './scenarios.ts'

export type ScenarioState = { scenario: string; on: boolean }
export type ControlAnswer = { ok: boolean; says: string; scenarios: ScenarioState[] }

const line_chars_max = 500

export type Control = { path: string; close: () => Promise<void> }

/** A second shop of the same user gets a socket beside the first one's. */
export async function openControl(wanted: string, scenarios: ScenarioSwitch): Promise<Control> {
  mkdirSync(dirname(wanted), { recursive: true, mode: 0o700 })
  const isTaken = await ask(wanted, 'list').then(
    () => true,
    () => false,
  )
  const path = isTaken ? wanted.replace(/(\.sock)?$/, `-${process.pid}.sock`) : wanted
  rmSync(path, { force: true })
  const server = createServer((socket) => listen(socket, scenarios))
  server.listen(path)
  await once(server, 'listening')
  chmodSync(path, 0o600)
  return { path, close: () => new Promise<void>((done) => server.close(() => done())) }
}

function listen(socket: Socket, scenarios: ScenarioSwitch): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: string) => {
    text += chunk
    if (text.length > line_chars_max) socket.destroy()
    else if (text.includes('\n')) socket.end(`${JSON.stringify(obey(text.trim(), scenarios))}\n`)
  })
}

/** `list`, or `slow-database on`. */
export function obey(line: string, scenarios: ScenarioSwitch): ControlAnswer {
  const state = () => scenarioNames.map((scenario) => ({ scenario, on: scenarios.has(scenario) }))
  if (line === 'list') return { ok: true, says: '', scenarios: state() }
  const order = parseScenario(line.split(/\s+/))
  if (typeof order === 'string') return { ok: false, says: order, scenarios: state() }
  const changed = scenarios.set(order)
  const says = `${order.scenario} is ${changed ? 'now' : 'already'} ${order.on ? 'on' : 'off'}`
  return { ok: true, says, scenarios: state() }
}

/** Sends one line to the running shop. */
export async function ask(path: string, what: ScenarioOrder | 'list'): Promise<ControlAnswer> {
  const line = what === 'list' ? 'list' : `${what.scenario} ${what.on ? 'on' : 'off'}`
  const socket = connect(path)
  await once(socket, 'connect')
  socket.setEncoding('utf8')
  socket.write(`${line}\n`)
  let text = ''
  for await (const chunk of socket) text += chunk
  return JSON.parse(text) as ControlAnswer
}
