/** The types of screens.mjs, plain JavaScript because the machine's own Node runs it. */
export function ensureScreens(options?: { always?: boolean }): Promise<void>
