/** All texts of the web: the kit's, the shell's and each page's, one line each. */
import { apmAgentsWords } from '../pages/apm-agents/words.ts'
import { dashboardsWords } from '../pages/dashboards/words.ts'
import { dashboardImportWords } from '../pages/dashboards/words-import.ts'
import { dashboardPanelWords } from '../pages/dashboards/words-panels.ts'
import { devToolsWords } from '../pages/dev-tools/words.ts'
import { exploreWords } from '../pages/explore/words.ts'
import { integrationWords } from '../pages/fleet/integration-words.ts'
import { fleetWords } from '../pages/fleet/words.ts'
import { enrolmentWords } from '../pages/fleet/words-enrolment.ts'
import { policyWords } from '../pages/fleet/words-policies.ts'
import { dataInWords } from '../pages/get-data-in/words.ts'
import { kubernetesWords } from '../pages/kubernetes/words.ts'
import { entityWords } from '../pages/kubernetes/words-entity.ts'
import { happeningWords } from '../pages/kubernetes/words-happenings.ts'
import { logsWords } from '../pages/logs/words.ts'
import { metricsWords } from '../pages/metrics/words.ts'
import { overviewWords } from '../pages/overview/words.ts'
import { pipelinesWords } from '../pages/pipelines/words.ts'
import { servicesWords } from '../pages/services/words.ts'
import { settingsWords } from '../pages/settings/words.ts'
import { signInWords } from '../pages/sign-in/words.ts'
import { tracesWords } from '../pages/traces/words.ts'
import { editorWords } from '../ui/editor/words.ts'
import { kitWords } from '../ui/i18n/kit-words.ts'
import type { Words } from '../ui/i18n/translate.ts'
import { shellWords } from './shell-words.ts'

export const allWords: readonly Words[] = [
  kitWords,
  editorWords,
  shellWords,
  signInWords,
  overviewWords,
  logsWords,
  metricsWords,
  tracesWords,
  servicesWords,
  dashboardsWords,
  dashboardImportWords,
  dashboardPanelWords,
  exploreWords,
  kubernetesWords,
  entityWords,
  happeningWords,
  fleetWords,
  policyWords,
  enrolmentWords,
  integrationWords,
  dataInWords,
  apmAgentsWords,
  pipelinesWords,
  devToolsWords,
  settingsWords,
]
