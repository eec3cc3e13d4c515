/** Data table: the texts of signing in and setting up in three languages. */
import type { Words } from '../../ui/i18n/translate.ts'

export const signInWords = {
  en: {
    'sign_in.title': 'Sign in',
    'sign_in.says': 'One lookout over your clusters.',
    'sign_in.name': 'Name',
    'sign_in.password': 'Password',
    'sign_in.button': 'Sign in',
    'sign_in.setup_needed':
      'There is no administrator yet. Open the one-time link that the server printed when it started.',
    'setup.title': 'Create the administrator',
    'setup.says': 'This link works once. The account you create here can do everything.',
    'setup.password_hint': 'At least 12 characters. A few words in a row are easy to remember.',
    'setup.again': 'Password again',
    'setup.differ': 'The two passwords differ.',
    'setup.button': 'Create administrator',
    'setup.no_token': 'This address lacks its key.',
    'setup.no_token.do':
      'Open the whole link that the server printed, with everything after the # sign.',
  },
  ko: {
    'sign_in.title': '로그인',
    'sign_in.says': '클러스터 전체를 한눈에.',
    'sign_in.name': '이름',
    'sign_in.password': '비밀번호',
    'sign_in.button': '로그인',
    'sign_in.setup_needed': '아직 관리자가 없습니다. 서버가 시작할 때 출력한 일회용 링크를 여세요.',
    'setup.title': '관리자 만들기',
    'setup.says': '이 링크는 한 번만 쓸 수 있습니다. 여기서 만드는 계정은 모든 권한을 가집니다.',
    'setup.password_hint': '12자 이상. 단어 몇 개를 이어 쓰면 기억하기 쉽습니다.',
    'setup.again': '비밀번호 확인',
    'setup.differ': '두 비밀번호가 다릅니다.',
    'setup.button': '관리자 만들기',
    'setup.no_token': '주소에 키가 없습니다.',
    'setup.no_token.do': '# 뒤까지 포함해 서버가 출력한 링크 전체를 여세요.',
  },
  es: {
    'sign_in.title': 'Iniciar sesión',
    'sign_in.says': 'Un solo mirador sobre sus clústeres.',
    'sign_in.name': 'Nombre',
    'sign_in.password': 'Contraseña',
    'sign_in.button': 'Iniciar sesión',
    'sign_in.setup_needed':
      'Aún no hay administrador. Abra el enlace de un solo uso que el servidor mostró al arrancar.',
    'setup.title': 'Crear el administrador',
    'setup.says': 'Este enlace funciona una vez. La cuenta que cree aquí puede hacerlo todo.',
    'setup.password_hint': 'Al menos 12 caracteres. Unas palabras seguidas se recuerdan bien.',
    'setup.again': 'Repita la contraseña',
    'setup.differ': 'Las dos contraseñas difieren.',
    'setup.button': 'Crear administrador',
    'setup.no_token': 'A esta dirección le falta su clave.',
    'setup.no_token.do':
      'Abra el enlace completo que mostró el servidor, con todo lo que sigue al signo #.',
  },
} satisfies Words
