/** One panel, as large as the window. */
import { IconArrowLeft } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import type { PanelModel } from './contract.ts'
import styles from './Dashboard.module.css'
import { PanelView } from './PanelView.tsx'
import type { Chosens } from './replace.ts'

type AloneProps = {
  panel: PanelModel
  chosens: Chosens
  is_ready: boolean
  onBack: () => void
}

export function PanelAlone({ panel, chosens, is_ready, onBack }: AloneProps) {
  return (
    <>
      <div>
        <Button kind="quiet" icon={<IconArrowLeft />} onClick={onBack}>
          {t('dashboards.back')}
        </Button>
      </div>
      <div className={styles.alone}>
        <PanelView panel={panel} variables={chosens} is_ready={is_ready} />
      </div>
    </>
  )
}
