/** Spans as a query reads them: in range and scope, with their resources where those are needed. */
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { type Compiling, resourceAttributes } from './compile-names.ts'

/** FROM and WHERE. What is compiled decides whether resources are joined, so compile first. */
export function fromSpans(compiling: Compiling, where: Sql): Sql {
  const { range, context, joinsResources } = compiling
  const seen = within('spans', range, context.scope)
  if (!joinsResources) return sql`FROM spans WHERE ${seen} AND (${where})`
  return sql`FROM (SELECT *, attribute_items FROM spans WHERE ${seen}) AS spans
    LEFT ANY JOIN (SELECT resource_id AS joined_id, any(attributes)
        AS ${sql.identifier(resourceAttributes)}
      FROM resources WHERE ${within('resources', range, context.scope)}
      GROUP BY resource_id) AS joined ON spans.resource_id = joined.joined_id
    WHERE ${where}`
}
