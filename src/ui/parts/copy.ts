/** Copies a text to the clipboard and says so; over plain http the browser has only the old way. */
import { t } from '../i18n/translate.ts'
import { toast } from './toasts.ts'

export async function copyText(text: string): Promise<void> {
  try {
    if (navigator.clipboard === undefined) copyOldWay(text)
    else await navigator.clipboard.writeText(text)
    toast({ text: t('ui.copied') })
  } catch {
    toast({ text: t('ui.copy_failed'), tone: 'bad' })
  }
}

function copyOldWay(text: string): void {
  const field = document.createElement('textarea')
  field.value = text
  field.style.position = 'fixed'
  field.style.opacity = '0'
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (!isCopied) throw new Error('the browser refused to copy')
}
