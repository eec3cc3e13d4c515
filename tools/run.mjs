/**
 * `node tools/run.mjs FILE [arguments]`: runs a TypeScript file on the pinned Node, installed
 * first.
 */
import { ensureInstalled } from './install.mjs'
import { asTool, Failed, instead, node } from './processes.mjs'

await asTool(async () => {
  const [file, ...args] = process.argv.slice(2)
  if (file === undefined) throw new Failed('usage: node tools/run.mjs FILE [arguments]')
  await ensureInstalled()
  return instead(node, [file, ...args])
})
