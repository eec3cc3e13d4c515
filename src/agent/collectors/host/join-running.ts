/** Several running parts as one: the worst state, all messages, all coverage, one end. */
import type { Running } from '../../collector.ts'

const order = ['healthy', 'degraded', 'failed'] as const

export function joinRunning(parts: readonly Running[]): Running {
  return {
    health() {
      const healths = parts.map((part) => part.health())
      const messages = healths.map(({ message }) => message).filter((message) => message !== '')
      const worst = Math.max(0, ...healths.map(({ state }) => order.indexOf(state)))
      const isAllFailed = parts.length > 0 && healths.every(({ state }) => state === 'failed')
      // While another part works the whole is degraded, not failed.
      const state = isAllFailed ? 'failed' : order[Math.min(worst, 1)]!
      return { state, message: messages.join(' ').slice(0, 2048) }
    },
    coverage: () => parts.flatMap((part) => part.coverage()),
    async stop() {
      await Promise.all(parts.map((part) => part.stop()))
    },
  }
}
