/**
 * Texts in three languages. A dictionary is flat, one per room or page, with equal keys in all
 * three; web/words.ts merges them. Holes are written {like_this}. What the texts say lives with
 * their pages.
 */
import i18next from 'i18next'
import { useSyncExternalStore } from 'react'
import { initReactI18next } from 'react-i18next'

export const languages = ['en', 'ko', 'es'] as const
export type Language = (typeof languages)[number]
export const languageNames: Record<Language, string> = {
  en: 'English',
  ko: '한국어',
  es: 'Español',
}

export type Dictionary = Record<string, string>
export type Words = Record<Language, Dictionary>
type Holes = Record<string, string | number>

const stored = 'crowsnest.language'

/** Starts i18next with the merged dictionaries. Call once, before the first draw. */
export function startWords(all: readonly Words[]): void {
  const resources = Object.fromEntries(
    languages.map((language) => [
      language,
      { translation: Object.assign({}, ...all.map((words) => words[language])) as Dictionary },
    ]),
  )
  i18next.use(initReactI18next).init({
    resources,
    lng: chosenLanguage(),
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, prefix: '{', suffix: '}' },
    initAsync: false,
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0])
  document.documentElement.lang = i18next.language
}

/** The text for a key in the chosen language. `count` picks the _one or _other form. */
export function t(key: string, holes: Holes = {}): string {
  return i18next.t(key, holes) as string
}

/** Whether any dictionary has the key. */
export function hasText(key: string): boolean {
  return i18next.exists(key)
}

export function language(): Language {
  return (languages as readonly string[]).includes(i18next.language)
    ? (i18next.language as Language)
    : 'en'
}

export function setLanguage(next: Language): void {
  localStorage.setItem(stored, next)
  document.documentElement.lang = next
  i18next.changeLanguage(next)
}

/**
 * Re-renders on a change of language. The root keys itself by it, so that every t() is asked
 * again.
 */
export function useLanguage(): Language {
  return useSyncExternalStore((changed) => {
    i18next.on('languageChanged', changed)
    return () => i18next.off('languageChanged', changed)
  }, language)
}

function chosenLanguage(): Language {
  const wanted = [localStorage.getItem(stored), ...navigator.languages]
  for (const tag of wanted) {
    const found = languages.find((known) => tag?.toLowerCase().startsWith(known))
    if (found !== undefined) return found
  }
  return 'en'
}
