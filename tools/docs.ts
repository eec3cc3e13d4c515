/**
 * Generates from code what describes it: reference pages, the chart's schema of values and the
 * plain YAML of the chart. A test proves that the files on disk are fresh.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faults } from '../src/model/faults.ts'
import { keys, variableOf } from '../src/server/config.ts'
import { agentPage } from './docs/agent-page.ts'
import { capabilitiesPage } from './docs/capabilities-page.ts'
import { hintsPage } from './docs/hints-page.ts'
import { code, generated, page, table } from './docs/markdown.ts'
import { metricsPage } from './docs/metrics-page.ts'
import { plainYaml } from './helm/plain.ts'
import { valuesJsonSchema } from './helm/values.ts'

/** Path to text. */
export function references(): Record<string, string> {
  return {
    'docs/config.md': configReference(),
    'docs/faults.md': faultsReference(),
    'docs/agent.md': agentPage(),
    'docs/hints.md': hintsPage(),
    'docs/capabilities.md': capabilitiesPage(),
    'docs/metrics.md': metricsPage(),
    'deploy/helm/crowsnest/values.schema.json': valuesJsonSchema(),
    'deploy/kubernetes/crowsnest.yaml': plainYaml(),
  }
}

function configReference(): string {
  const rows = [...keys].map(([key, { about }]) => [
    code(key),
    about.default && code(about.default),
    about.bound,
    about.says,
  ])
  return page([
    generated('src/server/settings.ts'),
    '# Configuration',
    [
      'Each key can be given in four ways; the first that is present wins:',
      '',
      '1. a flag: `--listen.otlp_grpc=0.0.0.0:4317`',
      `2. a variable: \`${variableOf('listen.otlp_grpc')}=0.0.0.0:4317\``,
      '3. the file `crowsnest.yaml` (another with `--config` or `CROWSNEST_CONFIG`):',
      '   `listen: { otlp_grpc: "0.0.0.0:4317" }`',
      '4. the default below',
    ].join('\n'),
    [
      'Flags follow two dashes: `npm start -- --demo`. Unknown keys are refused. Bytes take a',
      'number, or one with KiB, MiB, GiB or TiB. A `listen` address is `host:port`; port 0 lets',
      'the system choose one, and `off` closes the listener. An address other than loopback needs',
      'TLS or `listen.insecure`, and senders then need an ingest token.',
    ].join('\n'),
    table(['Key', 'Default', 'Bound', 'What it does'], rows),
  ])
}

function faultsReference(): string {
  const rows = Object.entries(faults).map(([name, fault]) => [
    code(name),
    String(fault.status),
    fault.says,
    fault.do,
  ])
  return page([
    generated('src/model/faults.ts'),
    '# Faults',
    'Every error that a person or a client can meet. The API answers\n' +
      '`{"fault": {"code", "says", "do", "details"}}` with the status; words in {braces} are\n' +
      'filled in from the details.',
    table(['Code', 'Status', 'What happened', 'What to do'], rows),
  ])
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(references())) {
    writeFileSync(join(import.meta.dirname, '..', name), text)
    console.log(`wrote ${name}`)
  }
}
