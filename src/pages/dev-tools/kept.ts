/** What the console keeps in this browser between visits: its text, and the last requests. */

export type Sent = { at_ms: number; method: string; path: string; status: number; text: string }

const text_key = 'crowsnest.console.text'
const sent_key = 'crowsnest.console.sent'
const text_length_max = 500_000
const sent_max = 50
const sent_length_max = 20_000

export function keptText(): string | undefined {
  return localStorage.getItem(text_key) ?? undefined
}

export function keepText(text: string): void {
  if (text.length <= text_length_max) keep(text_key, text)
}

export function sentRequests(): Sent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(sent_key) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isSent) : []
  } catch {
    return []
  }
}

/** The newest first; the same request again takes the place of the one before. */
export function keepSent(sent: Sent): void {
  if (sent.text.length > sent_length_max) return
  const others = sentRequests().filter(({ text }) => text !== sent.text)
  keep(sent_key, JSON.stringify([sent, ...others].slice(0, sent_max)))
}

export function forgetSent(): void {
  localStorage.removeItem(sent_key)
}

function isSent(value: unknown): value is Sent {
  const { at_ms, method, path, text } = (value ?? {}) as Partial<Sent>
  const isText = [method, path, text].every((one) => typeof one === 'string')
  return isText && typeof at_ms === 'number'
}

/** A browser without room for it forgets; the console works all the same. */
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    localStorage.removeItem(key)
  }
}
