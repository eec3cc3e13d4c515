/** Starts the demo shop, or tells a running one which scenario to switch. */
import { setFlagsFromString } from 'node:v8'
import { startAgents } from './agents.ts'
import { type Command, controlPath, parseCommand, type Running } from './arguments.ts'
import { ask, openControl } from './control.ts'
import { scenarios } from './scenarios.ts'
import { openShop, type Shop, whenListening } from './shop.ts'

// The shop makes much short-lived garbage; without this V8 keeps 60 MB for it instead of 10.
setFlagsFromString('--semi-space-growth-factor=1')

/** Works with whatever Node the machine has. */
const how = 'node tools/run.mjs demo/main.ts scenario'
const requests_per_second = 20
const past_budget_ms = 6000
const patience_ms = 60_000
const stop_ms_max = 2500

async function run(running: Running): Promise<void> {
  const { http_url, grpc_address } = running
  if (!(await whenListening(http_url, patience_ms))) {
    console.error(`nothing listens at ${http_url}: start Crowsnest first, or say --otlp`)
    process.exit(1)
  }
  const shop = await openShop({
    destination: { http_url, grpc_address },
    requests_per_second: requests_per_second * running.rate,
    seed: Date.now(),
    past_ms: running.past_minutes * 60_000,
    past_budget_ms,
    scenarios: running.scenarios,
    all_in_turn: running.all_in_turn,
    ...(running.clusters > 0
      ? { kubernetes: { dir: running.dir, clusters: running.clusters, ...waysOf(running) } }
      : {}),
  })
  const agents = startAgents(running, shop.clusters)
  const control = await openControl(running.control, shop.switch)
  console.log(`demo ${shop.services} services in ${shop.pods()} pods send to ${http_url}`)
  tellClusters(shop, agents.count)
  shop.past.then((told) => {
    if (told === undefined) return
    console.log(`demo told the past: ${told.spans} spans, ${told.logs} log records`)
  })
  const where = control.path === controlPath() ? '' : ` --control ${control.path}`
  console.log(`demo scenarios: ${how} <name> on|off${where}`)
  for (const [name, says] of Object.entries(scenarios)) console.log(`demo   ${name}: ${says}`)
  shop.switch.onChange(({ scenario, on }) => console.log(`demo ${scenario} ${on ? 'on' : 'off'}`))
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await Promise.race([
      Promise.all([agents.stop().then(() => shop.close()), control.close()]),
      new Promise((wake) => setTimeout(wake, stop_ms_max)),
    ])
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  // Started by the server, the shop ends with it.
  process.on('disconnect', end)
}

/** Only on Linux has each node an address of its own. */
function waysOf({ logs, server }: Running) {
  return { logs, gateways: server !== '' && process.platform === 'linux' }
}

function tellClusters(shop: Shop, agents: number): void {
  for (const { name, kubernetes, kubeconfig } of shop.clusters) {
    console.log(`demo cluster ${name} at ${kubernetes.url}: kubectl --kubeconfig ${kubeconfig}`)
  }
  if (agents > 0) console.log(`demo agents ${agents}`)
}

async function order(command: Extract<Command, { control: string; does: 'order' | 'list' }>) {
  try {
    const answer = await ask(command.control, command.does === 'list' ? 'list' : command.order)
    if (answer.says !== '') console.log(answer.says)
    if (command.does === 'list') {
      for (const { scenario, on } of answer.scenarios) {
        console.log(`${on ? 'on ' : 'off'}  ${scenario.padEnd(16)} ${scenarios[scenario as never]}`)
      }
    }
    process.exitCode = answer.ok ? 0 : 1
  } catch {
    console.error(`no demo shop answers at ${command.control}: start one with npm start -- --demo`)
    process.exitCode = 1
  }
}

const command = parseCommand(process.argv.slice(2))
if (command.does === 'run') await run(command)
else if (command.does === 'refuse') {
  console.error(command.says)
  process.exitCode = 2
} else await order(command)
