/** Every path of this protocol that is answered here, from its tables. */
import { aliasRoutes } from './alias-routes.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { catRoutes } from './cat-routes.ts'
import { indexRoutes } from './index-routes.ts'
import { infoRoutes } from './info-routes.ts'
import { ingestRoutes } from './ingest-routes.ts'
import { objectRoutes } from './object-routes.ts'
import { RouteTable } from './route-table.ts'
import { securityRoutes } from './security-routes.ts'

export const elasticRoutes = new RouteTable([
  ...infoRoutes,
  ...securityRoutes,
  ...objectRoutes,
  ...ingestRoutes,
  ...catRoutes,
  ...bulkRoutes,
  ...aliasRoutes,
  ...indexRoutes,
])
