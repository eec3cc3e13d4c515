/** Puts configuration texts together from lines, of which some are left out. */

export function lines(...all: readonly (string | false | '')[]): string {
  return all.filter((line) => line !== false && line !== '').join('\n')
}
