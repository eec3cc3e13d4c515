/** Choices from a seeded source of numbers: what every generator of queries throws. */
import { type Random, seeded } from '../query/random-promql.ts'

export class Dice {
  readonly random: Random

  constructor(seed: number) {
    this.random = seeded(seed)
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item
  }

  chance(part: number): boolean {
    return this.random() < part
  }

  /** From 0 up to below the bound. */
  whole(bound: number): number {
    return Math.floor(this.random() * bound)
  }

  /** Each of them or not, at most so many. */
  some<Item>(items: readonly Item[], most: number): Item[] {
    const count = this.whole(most + 1)
    const left = [...items]
    const taken: Item[] = []
    while (taken.length < count && left.length > 0) {
      taken.push(...left.splice(this.whole(left.length), 1))
    }
    return taken
  }
}
