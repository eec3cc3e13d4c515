/** Sends a form once at a time, and keeps the fault of the last try. */
import { useState } from 'react'
import { type FaultShown, Refused } from './ask/ask.ts'

export function useSubmit(act: () => Promise<void>) {
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<FaultShown>()
  const submit = async () => {
    if (busy) return
    setBusy(true)
    setFault(undefined)
    try {
      await act()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      setFault(error.fault)
    } finally {
      setBusy(false)
    }
  }
  return { submit, busy, fault }
}
