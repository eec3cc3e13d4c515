/** Space of the machine's file systems, those over a network left out: they can hang. */
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Measures } from '../../modules/measures.ts'
import type { HostFiles } from './host-files.ts'
import type { SystemMetric } from './metrics.ts'
import { dataMounts, type Mount } from './proc/disks.ts'

const mounts_max = 64

export async function readFilesystems(
  files: HostFiles,
  into: Measures<SystemMetric>,
): Promise<void> {
  const text = files.need('filesystems', 'proc/1/mounts', 'proc/mounts')
  for (const mount of dataMounts(text ?? '').slice(0, mounts_max)) {
    try {
      add(into, mount, await statfs(join(files.root, mount.path)))
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      // Gone between the list and the question.
      if (code !== 'ENOENT') files.note('filesystems', join(files.root, mount.path), code)
    }
  }
}

type Space = { bsize: number; blocks: number; bfree: number; bavail: number } & {
  files: number
  ffree: number
}

function add(into: Measures<SystemMetric>, mount: Mount, space: Space): void {
  if (space.blocks === 0) return
  const place = {
    'system.device': mount.device,
    'system.filesystem.mountpoint': mount.path,
    'system.filesystem.type': mount.type,
    'system.filesystem.mode': mount.mode,
  }
  const used = space.blocks - space.bfree
  const states = { used, free: space.bavail, reserved: space.bfree - space.bavail }
  for (const [state, blocks] of Object.entries(states)) {
    const attributes = { ...place, 'system.filesystem.state': state }
    into.add('system.filesystem.usage', blocks * space.bsize, attributes)
  }
  into.add('system.filesystem.limit', space.blocks * space.bsize, place)
  // As df counts it: of what a program without privileges may use.
  into.add('system.filesystem.utilization', used / (used + space.bavail), place)
  // btrfs and others make inodes as they are needed and say 0.
  if (space.files === 0) return
  const inodes = { used: space.files - space.ffree, free: space.ffree }
  for (const [state, count] of Object.entries(inodes)) {
    const attributes = { ...place, 'system.filesystem.state': state }
    into.add('system.filesystem.inodes.usage', count, attributes)
  }
}
