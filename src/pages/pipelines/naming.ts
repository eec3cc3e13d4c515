/** Which records a pipeline is for, by its name: the chain of names that every record passes. */

export const reaches = ['dataset', 'package', 'logs', 'all', 'called'] as const
export type Reach = (typeof reaches)[number]

/** `called`: no record passes it by itself, only when a request or another pipeline calls it. */
export type AppliesTo = { reach: Reach; dataset: string }

export function appliesTo(name: string): AppliesTo {
  if (name === 'global@custom') return { reach: 'all', dataset: '' }
  if (name === 'logs@custom') return { reach: 'logs', dataset: '' }
  const [, pack] = /^logs-([^.]+)\.integration@custom$/.exec(name) ?? []
  if (pack !== undefined) return { reach: 'package', dataset: pack }
  const [, dataset] = /^logs-(.+)@custom$/.exec(name) ?? []
  if (dataset !== undefined) return { reach: 'dataset', dataset }
  return { reach: 'called', dataset: '' }
}

/** For `called` the name is what was typed. */
export function nameFor(reach: Reach, typed: string): string {
  const word = typed.trim()
  switch (reach) {
    case 'all':
      return 'global@custom'
    case 'logs':
      return 'logs@custom'
    case 'package':
      return word === '' ? '' : `logs-${word}.integration@custom`
    case 'dataset':
      return word === '' ? '' : `logs-${word}@custom`
    case 'called':
      return word
  }
}

/** What the server refuses in a name. */
export function isName(name: string): boolean {
  const bytes = new TextEncoder().encode(name).length
  return name !== '' && bytes <= 512 && !/[\s,*\0]/.test(name)
}

/** The records on which the pipeline is tried: those it will see. */
export function datasetOf(name: string, known: readonly string[]): string | undefined {
  const { reach, dataset } = appliesTo(name)
  if (reach === 'dataset') return dataset
  if (reach !== 'package') return undefined
  return known.find((one) => one === dataset || one.startsWith(`${dataset}.`)) ?? dataset
}
