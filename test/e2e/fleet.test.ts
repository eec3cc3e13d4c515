/** Agents: from nothing to an agent that is seen, steered, and put out, on the screens alone. */
import { request } from 'node:http'
import type { Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { SimulatedAgent } from '../fleet/simulated-agents.ts'
import { journey, settled, visit } from './journey.ts'

const port = () => Number(new URL(inject('stage').demo).port)

/** The token as a person copies it: out of the command on the screen. */
async function tokenOf(page: Page): Promise<string> {
  const command = await page.locator('pre').last().textContent()
  return /cn_enrol_\w{12}_[\w-]{43}/.exec(command ?? '')?.[0] ?? ''
}

async function addAgent(page: Page, number: number, cluster: string): Promise<SimulatedAgent> {
  await visit(page, '/agents/add')
  await page.getByRole('textbox', { name: 'Name of the cluster' }).fill(cluster)
  await page.getByRole('button', { name: 'Create token and commands' }).click()
  await page.getByText('Waiting for the first agent to enrol').waitFor()
  const agent = new SimulatedAgent(number, port(), await tokenOf(page), (policy) =>
    JSON.stringify(policy).includes('refuse me') ? 'refuses' : 'takes',
  )
  await agent.enrol()
  void agent.run()
  return agent
}

/** Sends one record with the agent's key: what "data received" waits for. */
async function sendLog(agent: SimulatedAgent): Promise<number> {
  const log = { body: { stringValue: 'from the agent' } }
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] }
  const { status } = await fetch(`${inject('stage').otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.key}` },
    body: JSON.stringify(body),
  })
  return status
}

/** One connection that sends again and again, and one whose request never ends. */
function openSenders(agent: SimulatedAgent) {
  const seen = { taken_ms: 0, refused_ms: 0, cut_ms: 0 }
  const again = async () => {
    while (seen.refused_ms === 0) {
      const status = await sendLog(agent).catch(() => 0)
      if (status === 200) seen.taken_ms = Date.now()
      else if (status === 401) seen.refused_ms = Date.now()
    }
  }
  void again()
  const stream = request(`${inject('stage').otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agent.key}` },
  })
  stream
    .on('error', () => undefined)
    .on('close', () => {
      seen.cut_ms = Date.now()
    })
  stream.write('{"resourceLogs":[')
  return seen
}

journey('an agent is added, seen live, and unenrolled', {}, async (page) => {
  const agent = await addAgent(page, 9_001, 'journey-1')
  try {
    await page.getByText('1 agent enrolled').waitFor()
    expect(await sendLog(agent)).toBe(200)
    await page.getByText('Data received from 1 of 1').waitFor()
    await page.getByRole('link', { name: 'node-9001' }).click()
    const drawer = page.getByRole('complementary', { name: 'node-9001' })
    await drawer.waitFor()
    await settled(page)
    await drawer.getByRole('button', { name: 'Actions' }).click()
    const senders = openSenders(agent)
    await expect.poll(() => senders.taken_ms, { timeout: 10_000 }).toBeGreaterThan(0)
    const put_out_ms = Date.now()
    await page.getByRole('menuitem', { name: 'Unenrol: revoke its key' }).click()
    await expect.poll(() => senders.refused_ms, { timeout: 10_000 }).toBeGreaterThan(0)
    await expect.poll(() => senders.cut_ms, { timeout: 10_000 }).toBeGreaterThan(0)
    const { taken_ms, cut_ms } = senders
    console.log(`taken until ${taken_ms - put_out_ms} ms, stream cut at ${cut_ms - put_out_ms} ms`)
    expect(taken_ms - put_out_ms).toBeLessThan(1_000)
    expect(cut_ms - put_out_ms).toBeLessThan(1_000)
    await page.goto('/agents?status=unenrolled')
    await page.getByRole('row').filter({ hasText: 'node-9001' }).waitFor()
    await expect.poll(() => agent.is_unenrolled, { timeout: 20_000 }).toBe(true)
    expect(await sendLog(agent)).toBe(401)
  } finally {
    agent.stop()
  }
})

journey('an integration is added, changed and removed, and agents follow', {}, async (page) => {
  await visit(page, '/agents?view=policies&new=1')
  const name = `Journey ${Date.now()}`
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Create policy' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  const policy = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
  const agent = await addAgent(page, 9_002, 'journey-2')
  try {
    await page.request.post(`/api/fleet/agents/${agent.id}`, {
      headers: { 'x-crowsnest': '1' },
      data: { policy_id: policy },
    })
    await visit(page, `/agents/policies/${policy}`)
    const follows = async (revision: number) => {
      const began_ms = Date.now()
      await expect.poll(() => agent.took.includes(revision), { timeout: 20_000 }).toBe(true)
      expect(Date.now() - began_ms).toBeLessThan(10_000)
    }
    await page.getByRole('button', { name: 'Add integration' }).click()
    await page.getByRole('button', { name: /^Redis/ }).click()
    await page.getByLabel('Password').fill('a hidden reef')
    const drawer = page.getByRole('complementary')
    await drawer.getByRole('button', { name: 'Add integration' }).click()
    await drawer.waitFor({ state: 'hidden' })
    await page.getByText('password: ••••••••').waitFor()
    expect(await page.content()).not.toContain('a hidden reef')
    await follows(2)

    await page.getByRole('switch').first().click()
    await follows(3)
    await page.getByRole('button', { name: 'Redis' }).first().click()
    await page.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('password: ••••••••').waitFor({ state: 'hidden' })
    await follows(4)
    await page.getByRole('tab', { name: 'History' }).click()
    await page.getByText('Removed redis').waitFor()
    await page.getByText('Switched container_logs off').waitFor()
    // What all run counts as good: a bad change is put back to it.
    const isEverywhere = async () => {
      const answer = await page.request.get(`/api/fleet/policies/${policy}`)
      const { rollout } = await answer.json()
      return rollout === undefined || (rollout.stage === 2 && rollout.running === 1)
    }
    await expect.poll(isEverywhere, { timeout: 20_000 }).toBe(true)

    await page.getByRole('tab', { name: 'Integrations' }).click()
    await page.getByRole('button', { name: 'Container logs' }).click()
    await page.getByLabel('Lines that are left out').fill('refuse me')
    await page.getByRole('button', { name: 'Save and roll out' }).click()
    await page.getByText('Revision 5 was put back.').waitFor()
    await page.getByText('node-9002 refused it: a pattern cannot be read').first().waitFor()
    expect(agent.revision).toBe(4)
  } finally {
    agent.stop()
  }
})

journey('a pattern that cannot be read is named in the form', { refusals: [400] }, async (page) => {
  await visit(page, '/agents/policies/kubernetes?open=container_logs')
  await page.getByLabel('Lines that are left out').fill('(')
  await page.getByRole('button', { name: 'Save and roll out' }).click()
  await page
    .getByRole('alert')
    .getByText(/exclude_lines/)
    .first()
    .waitFor()
})

journey('an enrolment token is shown once and revoked', {}, async (page) => {
  const name = `journey-${Date.now()}`
  await visit(page, '/agents?view=tokens&new=1')
  await page.getByRole('textbox', { name: 'Name' }).fill(name)
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText(`Token ${name} is ready`).waitFor()
  const secret = await page.locator('code').first().textContent()
  expect(secret).toMatch(/^cn_enrol_/)
  await page.getByRole('button', { name: 'Done' }).click()
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: `Revoke ${name}` }).click()
  await page.goto('/agents?view=tokens')
  const row = page.getByRole('row').filter({ hasText: name })
  await row.getByText('revoked').waitFor()
})

journey('who waits for an agent reads why it was turned away', {}, async (page) => {
  await visit(page, '/agents/add')
  await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('journey-3')
  await page.getByRole('button', { name: 'Create token and commands' }).click()
  await page.getByText('Waiting for the first agent to enrol').waitFor()
  const token = `cn_enrol_aaaaaaaaaaaa_${'A'.repeat(43)}`
  const agent = new SimulatedAgent(9_003, port(), token, () => 'takes')
  await agent.enrol()
  agent.stop()
  await page.getByText('was turned away').waitFor()
  await page.getByText('got a token that is not valid').first().waitFor()
})

journey('what is not watched is said, with its reason', {}, async (page) => {
  await visit(page, '/agents?view=coverage&from=now-1h&to=now')
  await page.getByRole('heading', { level: 1, name: 'Agents' }).waitFor()
  const grid = page.getByRole('grid', { name: 'Coverage' })
  await grid.or(page.getByText('Nothing has been told in this time range')).first().waitFor()
})
