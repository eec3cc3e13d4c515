/**
 * `npm run build`: the screens, built even when nothing has changed. The server runs from its
 * sources.
 */
import { ensureScreens } from './screens.mjs'

await ensureScreens({ always: true })
