/** What every drawing of a panel is given. */
import type { PanelModel } from '../contract.ts'
import type { Replacing } from '../replace.ts'
import type { Ran } from '../series.ts'
import type { Size } from '../use-panel.ts'

export type Drawing = {
  panel: PanelModel
  rans: readonly Ran[]
  size: Size
  replacing: Replacing
}
