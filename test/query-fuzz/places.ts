/**
 * Where the rows of the fuzz are from, and the marks by which a leaked one is told: every row bears
 * the mark of its place and kind, which stands in no other row.
 */
import { type DataClass, dataClasses, everything, type Scope } from '../../src/model/question.ts'
import type { Dice } from './dice.ts'

export type Place = { letter: string; cluster: string; namespace: string }

const clusters = ['zqclaqz', 'zqclbqz', 'zqclcqz'] as const
/** What belongs to no namespace has none; a quote may not end what it stands in. */
const namespaces = ['zqns1qz', 'zqns2qz', "zqns3qz'q", ''] as const

export const places: readonly Place[] = (
  [
    [0, 0],
    [0, 1],
    [0, 3],
    [1, 0],
    [1, 2],
    [2, 1],
    [2, 2],
  ] as const
).map(([cluster, namespace], at) => ({
  letter: 'abcdefg'[at]!,
  cluster: clusters[cluster]!,
  namespace: namespaces[namespace]!,
}))

/** Of resources, which are of no class, the letter is r. */
const letterOf = { logs: 'l', metrics: 'm', traces: 't', kubernetes: 'k', security: 's' } as const
export type Kind = DataClass | 'resources'

export function markOf({ letter }: Place, kind: Kind): string {
  return `zq${letter}${kind === 'resources' ? 'r' : letterOf[kind]}qz`
}

export const allMarks: readonly string[] = places.flatMap((place) =>
  [...dataClasses, 'resources' as const].map((kind) => markOf(place, kind)),
)
export const placeNames: readonly string[] = [...clusters, ...namespaces]

export function seesPlace({ clusters, namespaces }: Scope, place: Omit<Place, 'letter'>): boolean {
  return (
    (clusters === 'all' || clusters.includes(place.cluster)) &&
    (namespaces === 'all' || namespaces.includes(place.namespace))
  )
}

export function seesKind({ classes }: Scope, kind: Kind): boolean {
  if (classes === 'all') return true
  return kind === 'resources' ? classes.length > 0 : classes.includes(kind)
}

/** Marks that the caller may never be told, small letters; by what they are. */
export function hiddenMarks(scope: Scope): Set<string> {
  const hidden = new Set<string>()
  const seen = places.filter((place) => seesPlace(scope, place))
  const anything = seesKind(scope, 'resources')
  for (const name of [...clusters, ...namespaces]) {
    const isSeen = seen.some(({ cluster, namespace }) => cluster === name || namespace === name)
    if (name !== '' && !(isSeen && anything)) hidden.add(name.slice(0, 7))
  }
  for (const place of places) {
    for (const kind of [...dataClasses, 'resources' as const]) {
      if (!(seen.includes(place) && seesKind(scope, kind))) hidden.add(markOf(place, kind))
    }
  }
  return hidden
}

const mark = /zq(?:[a-g][lmtksr]|cl[abc]|ns[123])qz/g

export function marksIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(mark) ?? [])
}

const scopes: readonly Scope[] = [
  { ...everything, clusters: [clusters[0]] },
  { ...everything, namespaces: [namespaces[1]] },
  { ...everything, classes: ['logs'] },
  { clusters: [clusters[0]], namespaces: [namespaces[0]], classes: 'all' },
  { ...everything, classes: ['metrics', 'traces'] },
  { ...everything, namespaces: [namespaces[2]] },
  { ...everything, namespaces: [''] },
  {
    clusters: [clusters[0], clusters[2]],
    namespaces: [namespaces[1]],
    classes: ['logs', 'traces'],
  },
  { ...everything, clusters: [] },
  { ...everything, clusters: [clusters[1], 'none'] },
  { ...everything, classes: ['security', 'kubernetes'] },
]

/** One of those that are easily wrong, or any other. */
export function randomScope(dice: Dice): Scope {
  if (dice.chance(0.6)) return dice.pick(scopes)
  return {
    clusters: dice.chance(0.5) ? 'all' : dice.some(clusters, 2),
    namespaces: dice.chance(0.4) ? 'all' : dice.some(namespaces, 3),
    classes: dice.chance(0.6) ? 'all' : dice.some(dataClasses, 4),
  }
}
