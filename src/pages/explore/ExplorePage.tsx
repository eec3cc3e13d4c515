/**
 * Explore: any table by searching it, or any language by writing it; over time, by field, row by
 * row. Everything on the page is in its address.
 */
import { IconDeviceFloppy, IconDownload, IconLink } from '@tabler/icons-react'
import { useRef } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import { Menu } from '../../ui/parts/Menu.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { useUrl } from '../../ui/url/location.ts'
import { type ExploreUrl, exploreShape, type SetExploreUrl } from './address.ts'
import { exploreTables, type QueryLanguage, queryLanguages } from './contract.ts'
import styles from './Explore.module.css'
import { exported_rows_max, exportResult } from './export-result.ts'
import { LanguageView } from './LanguageView.tsx'
import { SavedDrawer } from './SavedDrawer.tsx'
import { SearchLine } from './SearchLine.tsx'
import { SearchView } from './SearchView.tsx'

export function ExplorePage() {
  const [url, setUrl] = useUrl(exploreShape)
  const isSearch = url.language === 'search'
  return (
    <Page
      title={t('explore.title')}
      question={t('explore.question')}
      fill
      actions={<Actions url={url} setUrl={setUrl} />}
      search={
        isSearch ? (
          <SearchLine url={url} setUrl={setUrl} source={<Source url={url} setUrl={setUrl} />} />
        ) : undefined
      }
    >
      {isSearch ? (
        <SearchView key={url.table} url={url} setUrl={setUrl} />
      ) : (
        <LanguageView
          key={url.language}
          url={url}
          setUrl={setUrl}
          source={<Source url={url} setUrl={setUrl} />}
        />
      )}
      <SavedDrawer open={url.saved} onClose={() => setUrl({ saved: false })} />
    </Page>
  )
}

export type ExploreProps = { url: ExploreUrl; setUrl: SetExploreUrl }

const languageNames: Record<Exclude<QueryLanguage, 'search'>, string> = {
  promql: 'PromQL',
  logql: 'LogQL',
  traceql: 'TraceQL',
  esql: 'ES|QL',
}

/** A table to search, or a language to write: one choice of the same question. */
function Source({ url, setUrl }: ExploreProps) {
  const languages = queryLanguages.filter((one) => one !== 'search')
  const value = url.language === 'search' ? url.table : url.language
  const choose = (next: string) => {
    const table = exploreTables.find((one) => one === next)
    const plain = {
      ...{ query: '', measure: '' as const, field: '', group_by: [], columns: [] },
      ...{ chart: 'time' as const, view: 'result' as const, open: '' },
    }
    if (table !== undefined) setUrl({ ...plain, language: 'search', table })
    else setUrl({ ...plain, language: next as QueryLanguage, table: undefined })
  }
  return (
    <Select
      label={t('explore.source')}
      value={value}
      choices={[
        ...exploreTables.map((one) => ({ value: one, label: t(`explore.table.${one}`) })),
        ...languages.map((one) => ({
          value: one,
          label: languageNames[one],
          hint: t(`explore.hint.${one}`),
        })),
      ]}
      onChange={choose}
    />
  )
}

function Actions({ url, setUrl }: ExploreProps) {
  const range = useRangeAsk()
  const isBusy = useRef(false)
  const give = async (format: 'csv' | 'json') => {
    if (isBusy.current) return
    isBusy.current = true
    try {
      await exportResult(url, range, format)
    } finally {
      isBusy.current = false
    }
  }
  const count = exported_rows_max.toLocaleString('en')
  return (
    <div className={styles.actions}>
      <Button icon={<IconDeviceFloppy />} onClick={() => setUrl({ saved: true })}>
        {t('explore.saved')}
      </Button>
      <Button icon={<IconLink />} onClick={() => copyText(window.location.href)}>
        {t('explore.link')}
      </Button>
      <Menu
        label={t('explore.export')}
        align="end"
        items={[
          { heading: t('explore.export.hint', { count }) },
          { label: t('explore.export.csv'), act: () => void give('csv') },
          { label: t('explore.export.json'), act: () => void give('json') },
        ]}
      >
        <Button icon={<IconDownload />}>{t('explore.export')}</Button>
      </Menu>
    </div>
  )
}
