/** Tetragon's words for a process and the pod it runs in. */
import { type EventPlace, nowhere } from '../security/read-event.ts'
import { isTrue, lineAt, objectAt, type Sent, wordAt } from '../security/sent.ts'

/** Who logged in is not known: the kernel's 2^32 - 1. */
const unset = '4294967295'

export type TetragonProcess = {
  id: string
  pid: number
  path: string
  name: string
  command: string
  user_id: string
  login_user_id: string
  working_directory: string
  docker: string
  /** A kubelet's probe, of which there are many and nothing is to be learned. */
  isProbe: boolean
}

export function processOf(process: Sent): TetragonProcess {
  const path = wordAt(process, 'binary')
  const words = lineAt(process, 'arguments')
  const login = wordAt(process, 'auid')
  const pid = Number(wordAt(process, 'pid'))
  return {
    id: wordAt(process, 'exec_id'),
    pid: pid > 0 && pid <= 0xffff_ffff ? Math.floor(pid) : 0,
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    command: words === '' ? path : `${path} ${words}`,
    user_id: wordAt(process, 'uid'),
    login_user_id: login === unset ? '' : login,
    working_directory: lineAt(process, 'cwd'),
    docker: wordAt(process, 'docker'),
    isProbe: isTrue(objectAt(process, 'pod', 'container'), 'maybe_exec_probe'),
  }
}

export function placeOfProcess(event: Sent, process: Sent): EventPlace {
  const pod = objectAt(process, 'pod')
  const container = objectAt(pod, 'container')
  const name = wordAt(pod, 'name')
  return {
    ...nowhere,
    cluster: wordAt(event, 'cluster_name'),
    namespace: wordAt(pod, 'namespace'),
    workload_kind: wordAt(pod, 'workload_kind'),
    workload: wordAt(pod, 'workload'),
    pod: name,
    pod_uid: wordAt(pod, 'uid'),
    container: wordAt(container, 'name'),
    // `containerd://…`; without a pod 31 letters of it are known.
    container_id:
      wordAt(container, 'id').replace(/^[a-z0-9-]+:\/\//, '') || wordAt(process, 'docker'),
    image: wordAt(objectAt(container, 'image'), 'name'),
    // Cilium's way to name a node holds its cluster.
    node: wordAt(event, 'node_name').split('/').at(-1) ?? '',
    service: name === '' ? 'tetragon' : '',
  }
}
