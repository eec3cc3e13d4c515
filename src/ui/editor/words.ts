/** Data table: the texts of the editor in three languages. */
import type { Words } from '../i18n/translate.ts'

export const editorWords = {
  en: {
    'editor.fold': 'Fold line',
    'editor.unfold': 'Unfold line',
    'editor.required': 'required',
    'editor.problem.value':
      'A value is expected here: a text in quotes, a number, an object or a list',
    'editor.problem.comma': 'A comma or the closing bracket is expected here',
    'editor.problem.colon': 'A colon is expected after the name',
    'editor.problem.key': 'A name in double quotes is expected here',
    'editor.problem.string': 'This text has no closing quote, or an escape that JSON does not know',
    'editor.problem.end': 'Something is not closed: a bracket or a quote is missing',
    'editor.problem.depth': 'This is nested too deeply',
  },
  ko: {
    'editor.fold': '줄 접기',
    'editor.unfold': '줄 펼치기',
    'editor.required': '필수',
    'editor.problem.value': '여기에는 값이 필요합니다: 따옴표로 묶은 텍스트, 숫자, 객체 또는 목록',
    'editor.problem.comma': '여기에는 쉼표나 닫는 괄호가 필요합니다',
    'editor.problem.colon': '이름 뒤에는 콜론이 필요합니다',
    'editor.problem.key': '여기에는 큰따옴표로 묶은 이름이 필요합니다',
    'editor.problem.string': '닫는 따옴표가 없거나 JSON에 없는 이스케이프입니다',
    'editor.problem.end': '닫히지 않았습니다: 괄호나 따옴표가 빠졌습니다',
    'editor.problem.depth': '너무 깊이 중첩되었습니다',
  },
  es: {
    'editor.fold': 'Plegar línea',
    'editor.unfold': 'Desplegar línea',
    'editor.required': 'obligatorio',
    'editor.problem.value':
      'Aquí se espera un valor: un texto entre comillas, un número, un objeto o una lista',
    'editor.problem.comma': 'Aquí se espera una coma o el corchete de cierre',
    'editor.problem.colon': 'Se esperan dos puntos tras el nombre',
    'editor.problem.key': 'Aquí se espera un nombre entre comillas dobles',
    'editor.problem.string':
      'A este texto le falta la comilla de cierre, o tiene un escape que JSON no conoce',
    'editor.problem.end': 'Algo no está cerrado: falta un corchete o una comilla',
    'editor.problem.depth': 'Demasiado anidado',
  },
} satisfies Words
