/** Every query API that other tools speak, in one list. An API adds its own here. */
import type { Api } from '../api/api.ts'

export const apis: readonly Api[] = []
