/**
 * Reads what the API was asked, against a schema; what does not fit is a fault that names the
 * field.
 */
import { z } from 'zod'
import { Fault } from '../model/faults.ts'

export function read<Asked>(schema: z.ZodType<Asked, unknown>, given: unknown): Asked {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new Fault('ask_invalid', { detail: detailOf(result.error) })
}

function detailOf(error: z.ZodError): string {
  const { path, message } = error.issues[0]!
  return `${path.join('.') || 'the body'}: ${message}`
}

/** What people call themselves and their tokens: printable, without surprises at the ends. */
export const nameSchema = z
  .string()
  .max(64)
  .regex(/^[\p{L}\p{N}]([\p{L}\p{N} ._@-]*[\p{L}\p{N}])?$/u, {
    error: 'expected letters, digits, spaces and . _ @ - between them',
  })

/** As Kubernetes and cloud providers name clusters. */
export const clusterSchema = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._:/-]{0,251}[A-Za-z0-9])?$/, {
    error: 'expected letters, digits and . _ : / - between them',
  })
