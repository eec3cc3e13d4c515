/** The administrator of a server in a test: signs in once, then asks as the screens do. */
import type { Question } from '../../src/model/question.ts'
import type { ServerProcess } from '../e2e/server-process.ts'

const person = { name: 'admin', password: 'a lantern over the harbour' }

export class Asker {
  readonly #url: string
  #cookie = ''

  private constructor(url: string) {
    this.#url = url
  }

  static async signIn({ url, setup_url }: ServerProcess): Promise<Asker> {
    const asker = new Asker(url)
    await asker.post('/api/setup', { token: new URL(setup_url).hash.slice(1), ...person })
    return asker
  }

  /** For the last hour unless another range is asked for. */
  ask<Ask, Answer>(question: Question<Ask, Answer>, asked: object): Promise<Answer> {
    const to_ms = Date.now()
    return this.askOne(question, { from_ms: to_ms - 3_600_000, to_ms, ...asked })
  }

  /** A question that is about no range. */
  async askOne<Ask, Answer>({ name }: Question<Ask, Answer>, ask: object): Promise<Answer> {
    return (await this.post<{ answer: Answer }>('/api/ask', { question: name, ask })).answer
  }

  async post<Answer>(path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json', 'x-crowsnest': '1', cookie: this.#cookie }
    const response = await fetch(this.#url + path, {
      ...{ method: 'POST', headers },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`)
    const [cookie] = response.headers.getSetCookie()
    if (cookie !== undefined) this.#cookie = cookie.split(';', 1)[0]!
    return JSON.parse(text) as Answer
  }
}
