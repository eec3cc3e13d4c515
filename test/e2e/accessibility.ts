/** What axe finds on a page, told as one reads it in a failed journey. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** Serious and critical findings. Between the themes only colours differ: light is for those. */
export async function findings(page: Page, theme: 'dark' | 'light'): Promise<string[]> {
  // Without this axe describes each element that passed as well: 4 s a page instead of 1.
  const options: Parameters<AxeBuilder['options']>[0] = { resultTypes: ['violations'] }
  if (theme === 'light') options.runOnly = ['color-contrast']
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().options(options).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
    )
}
