/**
 * `npm run build`: the screens and the agent's bundle, built even when nothing has changed. The
 * server runs from its sources.
 */
import { agentBundle, bundleAgent } from './bundle.ts'
import { ensureScreens } from './screens.mjs'

await ensureScreens({ always: true })
const bytes = await bundleAgent()
console.log(`${agentBundle}: ${Math.round(bytes / 1024)} KiB`)
