/** Starts the web: theme, texts, where entities live, then the first draw. */
import '../ui/tokens.css'
import '../ui/reset.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { answers } from '../ui/ask/ask.ts'
import { setEntityPaths } from '../ui/entity/paths.ts'
import { startWords } from '../ui/i18n/translate.ts'
import { TooltipGround } from '../ui/parts/Tooltip.tsx'
import { applyTheme } from '../ui/theme.ts'
import { App } from './App.tsx'
import { entityPaths } from './entities.ts'
import { allWords } from './words.ts'

applyTheme()
startWords(allWords)
setEntityPaths(entityPaths)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={answers}>
      <TooltipGround>
        <App />
      </TooltipGround>
    </QueryClientProvider>
  </StrictMode>,
)
