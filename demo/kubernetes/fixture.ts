/** For tests: a cluster in a folder of its own whose time only moves when it is told to. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seeded } from '../random.ts'
import { type Kubernetes, openKubernetes } from './cluster.ts'
import type { KubernetesOptions } from './core.ts'

export type Rig = {
  kubernetes: Kubernetes
  dir: string
  /** Lets so much time go by, in steps of half a second. */
  pass(duration_s: number): void
  /** Asks the API server; the administrator unless another account is named. */
  ask(path: string, options?: { account?: string; accept?: string; body?: unknown }): Promise<Told>
  close(): Promise<void>
}
type Listed = {
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
  items: { metadata: { name: string; namespace?: string } }[]
}
export type Told = { status: number; text: string; body: Listed & Record<string, unknown> }

export async function openRig(options: Partial<KubernetesOptions> = {}): Promise<Rig> {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-kubernetes-'))
  let now_ms = Date.parse('2026-03-01T12:00:20Z')
  const usual = { dir, now_ms: () => now_ms, random: seeded(7), tick_ms: 0 }
  const kubernetes = await openKubernetes({ ...usual, ...options })
  return {
    kubernetes,
    dir,
    pass(duration_s) {
      for (let step = 0; step < duration_s * 2; step++) {
        now_ms += 500
        kubernetes.step()
      }
    },
    async ask(path, { account = 'kubernetes-admin', accept = 'application/json', body } = {}) {
      const headers = { authorization: `Bearer ${kubernetes.token(account)}`, accept }
      const url = path.startsWith('http') ? path : kubernetes.url + path
      const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const response = await fetch(url, { headers, ...sent })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      return { status: response.status, text, body: isJson ? JSON.parse(text) : {} }
    },
    async close() {
      await kubernetes.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
