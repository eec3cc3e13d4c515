/** Data table: the kit's own texts, for web/words.ts to merge with the pages'. */
import type { Words } from './translate.ts'
import { en } from './words-en.ts'
import { es } from './words-es.ts'
import { ko } from './words-ko.ts'

export const kitWords = { en, ko, es } satisfies Words
