/** Whether the window is as narrow as a phone's: lists then keep only what tells most. */
import { useSyncExternalStore } from 'react'

const narrow = '(max-width: 700px)'

export function useIsPhone(): boolean {
  return useSyncExternalStore(watch, () => matchMedia(narrow).matches)
}

function watch(changed: () => void): () => void {
  const media = matchMedia(narrow)
  media.addEventListener('change', changed)
  return () => media.removeEventListener('change', changed)
}
