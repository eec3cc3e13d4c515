/** Writes Prometheus text: one family after another, each with its help, type and samples. */

export class Exposition {
  readonly #families = new Map<string, { type: string; help: string; lines: string[] }>()

  add(
    name: string,
    labels: Readonly<Record<string, string | undefined>>,
    value: number,
    { type = 'gauge', help = name.replaceAll('_', ' ') }: { type?: string; help?: string } = {},
  ): void {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { type, help, lines: [] }
      this.#families.set(name, family)
    }
    const pairs: string[] = []
    for (const [label, text] of Object.entries(labels)) {
      if (text !== undefined) pairs.push(`${label}="${escaped(text)}"`)
    }
    family.lines.push(
      pairs.length === 0 ? `${name} ${value}` : `${name}{${pairs.join(',')}} ${value}`,
    )
  }

  count(name: string, labels: Readonly<Record<string, string | undefined>>, value: number): void {
    this.add(name, labels, value, { type: 'counter' })
  }

  /** One series for every possible value, with 1 at the one that is. */
  oneHot(
    name: string,
    labels: Readonly<Record<string, string>>,
    { label, values, is }: { label: string; values: readonly string[]; is: string },
  ): void {
    for (const value of values) this.add(name, { ...labels, [label]: value }, value === is ? 1 : 0)
  }

  text(): string {
    let text = ''
    for (const [name, { type, help, lines }] of this.#families) {
      text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
    }
    return text
  }
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
