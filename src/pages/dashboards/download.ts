/** Gives a dashboard to the browser as a file. */
import type { Dashboard } from './contract.ts'

export function download(dashboard: Dashboard): void {
  const text = `${JSON.stringify(dashboard, null, 2)}\n`
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${fileName(dashboard.title)}.json`
  link.click()
  URL.revokeObjectURL(address)
}

function fileName(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return plain || 'dashboard'
}
