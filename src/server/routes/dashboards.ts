/**
 * Dashboards for people: those of the product's files and those in the state, under one list. All
 * who are signed in read and star them; administrators change them, version by version.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../model/faults.ts'
import {
  type Dashboard,
  type DashboardShown,
  type DashboardWhole,
  dashboardId,
  dashboardSchema,
  document_bytes_max,
} from '../../pages/dashboards/contract.ts'
import {
  addDashboard,
  addDashboardVersion,
  countDashboards,
  type DashboardRow,
  findDashboard,
  findDashboardVersion,
  listDashboards,
  listDashboardVersions,
  removeDashboard,
  starDashboard,
  starredDashboards,
} from '../../state/dashboards.ts'
import type { User } from '../../state/users.ts'
import { newId } from '../auth/secrets.ts'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'
import { readShippedDashboards } from '../shipped-dashboards.ts'

const dashboards_max = 2_000
const ofSchema = z.strictObject({ id: dashboardId })
const note = z.string().max(1024).default('')
const createSchema = z.strictObject({ dashboard: z.unknown(), note })
const saveSchema = z.strictObject({
  /** The version that was changed. */
  base: z.number().int().positive(),
  dashboard: z.unknown(),
  note,
})
const versionSchema = z.strictObject({ id: dashboardId, version: z.coerce.number().int().min(1) })
const restoreSchema = z.strictObject({ version: z.number().int().positive() })
const starSchema = z.strictObject({ is_starred: z.boolean() })
const options = { bodyLimit: document_bytes_max }

type Shelf = Guarded & { shipped: ReadonlyMap<string, Dashboard> }

export function dashboardRoutes(app: FastifyInstance, context: Guarded): void {
  const shelf = { ...context, shipped: readShippedDashboards() }
  readRoutes(app, shelf)
  changeRoutes(app, shelf)
  versionRoutes(app, shelf)
}

function readRoutes(app: FastifyInstance, shelf: Shelf): void {
  const { db } = shelf.state

  app.get('/api/dashboards', async (request) => {
    const user = await personOf(request, shelf)
    const stars = await starredDashboards(db, user.id)
    const own = (await listDashboards(db)).map((row) => shownRow(row, stars))
    const files = [...shelf.shipped].map(([id, dashboard]) => shownFile(id, dashboard, stars))
    return { dashboards: [...own, ...files] }
  })

  app.get('/api/dashboards/:id', async (request): Promise<DashboardWhole> => {
    const user = await personOf(request, shelf)
    return whole(shelf, read(ofSchema, request.params).id, user)
  })

  app.put('/api/dashboards/:id/star', async (request) => {
    const user = await personOf(request, shelf)
    const { id } = read(ofSchema, request.params)
    const { is_starred } = read(starSchema, request.body)
    if (!shelf.shipped.has(id)) await rowOf(shelf, id)
    await starDashboard(db, { user_id: user.id, dashboard_id: id }, is_starred)
    return { is_starred }
  })
}

function changeRoutes(app: FastifyInstance, shelf: Shelf): void {
  const { log, now_ms } = shelf
  const { db } = shelf.state

  app.post('/api/dashboards', options, async (request) => {
    const user = await personOf(request, shelf, 'admin')
    const asked = read(createSchema, request.body)
    const document = textOf(asked.dashboard)
    if ((await countDashboards(db)) >= dashboards_max) {
      throw new Fault('dashboards_full', { limit: dashboards_max })
    }
    const [id, created_ms] = [newId(), now_ms()]
    const row = { id, document, version: 1, created_ms, updated_ms: created_ms }
    const first = { dashboard_id: id, version: 1, document, author: user.name, note: asked.note }
    await addDashboard(db, { ...row, updated_by: user.name }, { ...first, created_ms })
    log.info({ by: user.name, dashboard_id: id }, 'a dashboard was created')
    return whole(shelf, id, user)
  })

  app.put('/api/dashboards/:id', options, async (request) => {
    const user = await personOf(request, shelf, 'admin')
    const id = ownId(shelf, request.params)
    const asked = read(saveSchema, request.body)
    const { base, note } = asked
    await append(shelf, { id, base, document: textOf(asked.dashboard), note }, user)
    return whole(shelf, id, user)
  })

  app.delete('/api/dashboards/:id', async (request) => {
    const user = await personOf(request, shelf, 'admin')
    const id = ownId(shelf, request.params)
    if (!(await removeDashboard(db, id))) throw new Fault('dashboard_unknown', { id })
    log.info({ by: user.name, dashboard_id: id }, 'a dashboard was deleted')
    return {}
  })
}

function versionRoutes(app: FastifyInstance, shelf: Shelf): void {
  const { db } = shelf.state

  app.get('/api/dashboards/:id/versions', async (request) => {
    await personOf(request, shelf)
    const { id } = read(ofSchema, request.params)
    if (shelf.shipped.has(id)) return { versions: [] }
    await rowOf(shelf, id)
    const versions = await listDashboardVersions(db, id)
    return { versions: versions.map(({ dashboard_id, ...told }) => told) }
  })

  app.get('/api/dashboards/:id/versions/:version', async (request) => {
    await personOf(request, shelf)
    const { id, version } = read(versionSchema, request.params)
    return { dashboard: await versionOf(shelf, id, version) }
  })

  app.post('/api/dashboards/:id/restore', async (request) => {
    const user = await personOf(request, shelf, 'admin')
    const id = ownId(shelf, request.params)
    const { version } = read(restoreSchema, request.body)
    const document = textOf(await versionOf(shelf, id, version))
    const { version: base } = await rowOf(shelf, id)
    await append(shelf, { id, base, document, note: `restored version ${version}` }, user)
    return whole(shelf, id, user)
  })
}

type Change = { id: string; base: number; document: string; note: string }

async function append(shelf: Shelf, { id, base, document, note }: Change, user: User) {
  const { state, now_ms, log } = shelf
  await rowOf(shelf, id)
  const next = { dashboard_id: id, version: base + 1, document, note }
  const more = { author: user.name, created_ms: now_ms() }
  if (!(await addDashboardVersion(state.db, { ...next, ...more }))) {
    throw new Fault('dashboard_changed', { id, version: base })
  }
  log.info({ by: user.name, dashboard_id: id, version: base + 1 }, 'a dashboard was saved')
}

/** Never that of a file. */
function ownId(shelf: Shelf, params: unknown): string {
  const { id } = read(ofSchema, params)
  if (shelf.shipped.has(id)) throw new Fault('dashboard_shipped', { id })
  return id
}

async function rowOf({ state }: Shelf, id: string): Promise<DashboardRow> {
  const row = await findDashboard(state.db, id)
  if (row === undefined) throw new Fault('dashboard_unknown', { id })
  return row
}

async function versionOf({ state }: Shelf, id: string, version: number): Promise<Dashboard> {
  const row = await findDashboardVersion(state.db, id, version)
  if (row === undefined) throw new Fault('dashboard_unknown', { id: `${id}, version ${version}` })
  return documentOf(row)
}

async function whole(shelf: Shelf, id: string, user: User): Promise<DashboardWhole> {
  const stars = await starredDashboards(shelf.state.db, user.id)
  const file = shelf.shipped.get(id)
  if (file !== undefined) return { ...aboutFile(id, stars), dashboard: file }
  const row = await rowOf(shelf, id)
  return { ...aboutRow(row, stars), dashboard: documentOf(row) }
}

/** As it is kept: checked, with its defaults written out. */
function textOf(given: unknown): string {
  const result = dashboardSchema.safeParse(given)
  if (!result.success) {
    const { path, message } = result.error.issues[0]!
    throw new Fault('dashboard_invalid', { detail: `${path.join('.') || 'it'}: ${message}` })
  }
  return JSON.stringify(result.data)
}

function documentOf(row: { document: string }): Dashboard {
  return JSON.parse(row.document) as Dashboard
}

function aboutRow(row: DashboardRow, stars: ReadonlySet<string>) {
  const { id, version, updated_ms, updated_by } = row
  const told = { version: Number(version), updated_ms: Number(updated_ms), updated_by }
  return { id, is_shipped: false, is_starred: stars.has(id), ...told }
}

function aboutFile(id: string, stars: ReadonlySet<string>) {
  const told = { version: 1, updated_ms: 0, updated_by: '' }
  return { id, is_shipped: true, is_starred: stars.has(id), ...told }
}

function described({ title, description, tags, panels }: Dashboard) {
  const drawn = panels.filter(({ kind }) => kind !== 'row')
  return { title, description, tags, panels: drawn.length }
}

function shownRow(row: DashboardRow, stars: ReadonlySet<string>): DashboardShown {
  return { ...aboutRow(row, stars), ...described(documentOf(row)) }
}

function shownFile(id: string, dashboard: Dashboard, stars: ReadonlySet<string>): DashboardShown {
  return { ...aboutFile(id, stars), ...described(dashboard) }
}
