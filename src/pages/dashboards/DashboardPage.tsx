/** One dashboard, kept or new. What is drawn and edited is OpenDashboard. */
import { useMemo } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { blankDashboard } from './edit.ts'
import { OpenDashboard } from './OpenDashboard.tsx'
import { useDashboard } from './requests.ts'

const shape = { copy: text('') }

export function DashboardPage({ params }: { params: Record<string, string> }) {
  const id = params.id ?? ''
  return id === 'new' ? <NewDashboard /> : <KeptDashboard key={id} id={id} />
}

function KeptDashboard({ id }: { id: string }) {
  const asked = useDashboard(id)
  const whole = asked.answer
  if (whole === undefined) {
    return (
      <Page title={t('dashboards.title')}>
        <Panel asked={asked} skeleton_height={420}>
          {() => null}
        </Panel>
      </Page>
    )
  }
  return <OpenDashboard id={id} whole={whole} saved={whole.dashboard} />
}

/** Empty, or a copy of another one: kept by nobody until it is saved. */
function NewDashboard() {
  const [{ copy }] = useUrl(shape)
  const asked = useDashboard(copy)
  const source = asked.answer?.dashboard
  const saved = useMemo(() => {
    if (copy === '') return blankDashboard(t('dashboards.new.title'))
    if (source === undefined) return undefined
    const title = t('dashboards.copy_of', { title: source.title }).slice(0, 256)
    return { ...source, title }
  }, [copy, source])
  if (saved === undefined) {
    return (
      <Page title={t('dashboards.new.title')}>
        <Panel asked={asked} skeleton_height={420}>
          {() => null}
        </Panel>
      </Page>
    )
  }
  const id = copy === '' ? 'new' : `new.${copy}`
  return <OpenDashboard key={id} id={id} whole={undefined} saved={saved} />
}
