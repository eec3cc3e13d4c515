/** Dev tools: requests as people know them from Elasticsearch's console, sent to this server. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { journey, visit } from './journey.ts'

const tutorial = `PUT _ingest/pipeline/logs-endpoint.events.process@custom
{
  "processors": [
    {
      "set": {
        "field": "orchestrator.cluster.name",
        "copy_from": "data_stream.namespace",
        "ignore_empty_value": true
      }
    },
    {
      "set": {
        "field": "orchestrator.cluster.id",
        "copy_from": "data_stream.namespace"
      }
    }
  ]
}`

const editorOf = (page: Page) => page.getByRole('textbox', { name: 'Requests' })
const answerOf = (page: Page) => page.getByRole('region', { name: 'Answer' })

/**
 * In place of all that was there, as a person pastes it. What is selected goes first: over it the
 * browser would put styles of its own, which the page's policy refuses with an error.
 */
async function write(page: Page, text: string): Promise<void> {
  await editorOf(page).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

journey('the tutorial’s request works word for word, and is read again', {}, async (page) => {
  await visit(page, '/dev-tools')
  await write(page, `${tutorial}\n\nGET _ingest/pipeline/logs-endpoint*\n`)
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Control+Enter')
  const answers = page.getByRole('navigation', { name: 'Answers' })
  await answers.getByRole('button', { name: '200 PUT /_ingest' }).click()
  await answerOf(page).getByText('"acknowledged"').waitFor()
  await answers.getByRole('button', { name: '200 GET /_ingest' }).click()
  await answerOf(page).getByText('"orchestrator.cluster.name"').waitFor()
  await write(page, 'DELETE _ingest/pipeline/logs-endpoint.events.process@custom')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await answerOf(page).getByText('200 OK').waitFor()
})

journey('a refusal is told, and underlined where it is', {}, async (page) => {
  await visit(page, '/dev-tools')
  await write(
    page,
    `# what is wrong is in the script
POST /_ingest/pipeline/_simulate
{
  "pipeline": { "processors": [
    { "script": { "source": """
      ctx.a = 1;
      ctx.b = ;
    """ } }
  ] },
  "docs": [{ "_source": {} }]
}`,
  )
  await page.keyboard.press('Control+Enter')
  await answerOf(page).getByText('400 Bad Request').waitFor()
  await answerOf(page).getByRole('alert').waitFor()
  const wrong = editorOf(page).locator('.cm-lintRange-error')
  await expect.poll(() => wrong.allTextContents()).toEqual([';'])
  await write(page, 'PUT _ingest/pipeline/x\n{ "processors": [ }')
  await expect.poll(() => wrong.allTextContents()).toEqual(['}'])
  await write(page, 'GET logs-*/_search\n{ "query": { "match_all": {} } }')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => answerOf(page).textContent()).toMatch(/40[045]/)
})

journey('a bulk request is stored, and its text and history are kept', {}, async (page) => {
  await visit(page, '/dev-tools')
  const line = `told in the console ${Date.now()}`
  await write(
    page,
    `POST logs-console-default/_bulk
{ "create": {} }
{
  "message": "${line}", "log.level": "warn"
}`,
  )
  await page.getByRole('button', { name: 'Send this request' }).click()
  await answerOf(page).getByText('"errors"').waitFor()
  await expect.poll(() => answerOf(page).textContent()).toContain('"errors": false')
  await visit(page, '/dev-tools')
  await expect.poll(() => editorOf(page).textContent()).toContain(line)
  await write(page, '')
  await page.getByRole('button', { name: 'History' }).click()
  await page.getByRole('button', { name: 'Insert POST /logs-console-default/_bulk' }).click()
  await expect.poll(() => editorOf(page).textContent()).toContain(line)
  const found = async () => {
    await visit(page, `/logs?from=now-1h&to=now&search=${encodeURIComponent(`"${line}"`)}`)
    return page.getByRole('grid').last().getByText(line).count()
  }
  await expect.poll(found, { timeout: 20_000 }).toBe(1)
})

journey('what is typed is completed', {}, async (page) => {
  await visit(page, '/dev-tools')
  await write(page, '')
  await editorOf(page).pressSequentially('PU')
  await page.getByRole('option', { name: 'PUT' }).click()
  await editorOf(page).pressSequentially('_ingest/pi')
  await page.getByRole('option', { name: '_ingest/pipeline/{pipeline}' }).click()
  await editorOf(page).pressSequentially('x\n{ "pro')
  await page.getByRole('option', { name: '"processors"' }).click()
  await editorOf(page).pressSequentially('{ "gro')
  await page.getByRole('option', { name: '"grok"' }).click()
  await expect.poll(() => editorOf(page).textContent()).toContain('"patterns": [')
})
