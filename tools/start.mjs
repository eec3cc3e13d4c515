/**
 * `npm start [-- flags]`: installs and builds what is missing, then runs the server in our place.
 */
import { ensureInstalled } from './install.mjs'
import { asTool, instead, node } from './processes.mjs'
import { ensureScreens } from './screens.mjs'

await asTool(async () => {
  await ensureInstalled()
  await ensureScreens()
  return instead(node, ['src/server/main.ts', ...process.argv.slice(2)])
})
