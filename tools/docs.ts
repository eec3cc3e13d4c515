/**
 * Generates the reference pages of docs/ from the code they describe: configuration and faults.
 * A test proves that the pages on disk are fresh.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faults } from '../src/model/faults.ts'
import { keys, variableOf } from '../src/server/config.ts'

/** File name in docs/ to its text. */
export function references(): Record<string, string> {
  return { 'config.md': configReference(), 'faults.md': faultsReference() }
}

const generated = (from: string) =>
  `<!-- Generated from ${from} by \`node tools/run.mjs tools/docs.ts\`. Do not edit. -->`

function configReference(): string {
  const rows = [...keys].map(([key, { about }]) =>
    row([code(key), about.default && code(about.default), about.bound, about.says]),
  )
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
    [
      row(['Key', 'Default', 'Bound', 'What it does']),
      row(['---', '---', '---', '---']),
      ...rows,
    ].join('\n'),
  ])
}

function faultsReference(): string {
  const rows = Object.entries(faults).map(([name, fault]) =>
    row([code(name), String(fault.status), fault.says, fault.do]),
  )
  return page([
    generated('src/model/faults.ts'),
    '# Faults',
    'Every error that a person or a client can meet. The API answers\n' +
      '`{"fault": {"code", "says", "do", "details"}}` with the status; words in {braces} are\n' +
      'filled in from the details.',
    [
      row(['Code', 'Status', 'What happened', 'What to do']),
      row(['---', '---', '---', '---']),
      ...rows,
    ].join('\n'),
  ])
}

function page(parts: string[]): string {
  return `${parts.join('\n\n')}\n`
}

function row(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(references())) {
    writeFileSync(join(import.meta.dirname, '..', 'docs', name), text)
    console.log(`wrote docs/${name}`)
  }
}
