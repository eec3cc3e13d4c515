/** A Kafka-like topic in memory: every group gets every message, later and in batches. */
import type { Message } from '../world/service-definition.ts'

export type Group = { topic: string; group: string; process: (message: Message) => Promise<void> }

const pending_max = 5000
const batch_max = 16
const idle_ms = 200

export class Queue {
  readonly #pending = new Map<string, Message[]>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #groups: Group[] = []
  #offset = 200_000
  #closed = false

  subscribe(group: Group): void {
    this.#groups.push(group)
    this.#pending.set(keyOf(group.topic, group.group), [])
  }

  nextOffset(): number {
    return this.#offset++
  }

  publish(message: Message): void {
    for (const group of this.#groups) {
      if (group.topic !== message.topic) continue
      const key = keyOf(group.topic, group.group)
      const pending = this.#pending.get(key)!
      if (pending.length >= pending_max) pending.shift()
      pending.push(message)
      this.#wake(key, group)
    }
  }

  lag(topic: string, group: string): number {
    return this.#pending.get(keyOf(topic, group))?.length ?? 0
  }

  close(): void {
    this.#closed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  #wake(key: string, group: Group): void {
    if (this.#closed || this.#timers.has(key)) return
    this.#timers.set(
      key,
      setTimeout(() => this.#poll(key, group), idle_ms),
    )
  }

  async #poll(key: string, group: Group): Promise<void> {
    const pending = this.#pending.get(key)!
    for (const message of pending.splice(0, batch_max)) await group.process(message)
    this.#timers.delete(key)
    if (pending.length > 0) this.#wake(key, group)
  }
}

function keyOf(topic: string, group: string): string {
  return `${topic}/${group}`
}
