/** The shell's own commands: pages, quick ranges, theme and language. */
import { languageNames, languages, setLanguage, t } from '../ui/i18n/translate.ts'
import { type Command, useCommands } from '../ui/keys/commands.ts'
import { quickRanges } from '../ui/range/quick.ts'
import { useRange } from '../ui/range/range.ts'
import { setTheme, themes } from '../ui/theme.ts'
import { go, href } from '../ui/url/location.ts'
import { routes } from './routes.ts'

export function useShellCommands(): void {
  const { setRange, setRefresh } = useRange()
  const pages: Command[] = routes.map((route) => ({
    id: `page ${route.name}`,
    title: t(`shell.page.${route.name}`),
    group: t('shell.pages'),
    keys: route.keys,
    words: route.name,
    act: () => go(href(route.paths[0]?.pattern ?? '/')),
  }))
  const ranges: Command[] = quickRanges.map((quick) => ({
    id: `range ${quick.id}`,
    title: t(`ui.time.quick.${quick.id}`),
    group: t('shell.range'),
    words: quick.id,
    act: () => setRange(quick.from, quick.to),
  }))
  const refreshes: Command[] = ['live', ''].map((refresh) => ({
    id: `refresh ${refresh}`,
    title: t(refresh === '' ? 'ui.refresh.off' : 'ui.refresh.live'),
    group: t('shell.refresh'),
    act: () => setRefresh(refresh),
  }))
  const looks: Command[] = themes.map((theme) => ({
    id: `theme ${theme}`,
    title: t('shell.theme.switch', { theme: t(`shell.theme.${theme}`) }),
    group: t('shell.appearance'),
    words: `theme ${theme}`,
    act: () => setTheme(theme),
  }))
  const tongues: Command[] = languages.map((language) => ({
    id: `language ${language}`,
    title: t('shell.language.switch', { language: languageNames[language] }),
    group: t('shell.appearance'),
    words: `language ${language}`,
    act: () => setLanguage(language),
  }))
  useCommands([...pages, ...refreshes, ...ranges, ...looks, ...tongues])
}
