/** What was pasted or dropped, as a dashboard: one of our exports, or Grafana's. Pure. */
import { type Dashboard, dashboardSchema } from '../contract.ts'
import { importGrafana } from '../grafana/import.ts'
import type { ImportReport } from '../grafana/report.ts'

export type ReadImport =
  | { dashboard: Dashboard; report: ImportReport | undefined }
  | { problem: 'empty' | 'json' | 'unknown' | 'own' | 'large'; detail: string }

const text_chars_max = 8 * 1024 * 1024

export function readImport(text: string): ReadImport {
  if (text.trim() === '') return { problem: 'empty', detail: '' }
  if (text.length > text_chars_max) return { problem: 'large', detail: '8 MiB' }
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch (error) {
    return { problem: 'json', detail: (error as Error).message }
  }
  if (typeof given === 'object' && given !== null && 'format' in given) return own(given)
  try {
    return importGrafana(given) ?? { problem: 'unknown', detail: '' }
  } catch (error) {
    return { problem: 'own', detail: (error as Error).message.slice(0, 300) }
  }
}

function own(given: unknown): ReadImport {
  const result = dashboardSchema.safeParse(given)
  if (result.success) return { dashboard: result.data, report: undefined }
  const [first] = result.error.issues
  return { problem: 'own', detail: `${first?.path.join('.')}: ${first?.message}` }
}
