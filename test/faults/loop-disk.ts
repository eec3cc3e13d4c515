/**
 * A small ext4 disk in a file, whose power can be cut and whose space can be taken. Needs root. Two
 * things it cannot play: a drive that lies about its cache, and another file system.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'

const start = promisify(execFile)

/** EXT4_IOC_SHUTDOWN without flushing the log: from now on nothing reaches the disk. */
const cutPower = `import fcntl, os, struct, sys, time
disk = os.open(sys.argv[1], os.O_RDONLY)
began_us = time.monotonic_ns() // 1000
fcntl.ioctl(disk, 0x8004587D, struct.pack('I', 2))
print(began_us)`
const cutPowerPerl = `use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
open(my $disk, "<", $ARGV[0]) or die $!; my $flag = pack("I", 2);
my $began_us = int(clock_gettime(CLOCK_MONOTONIC) * 1e6);
ioctl($disk, 0x8004587D, $flag) or die $!; print $began_us`

export class LoopDisk {
  readonly mount: string
  readonly #image: string
  readonly #root: string

  constructor(root: string, bytes: number) {
    this.#root = root
    this.#image = `${root}/disk.img`
    this.mount = `${root}/disk`
    mkdirSync(this.mount, { recursive: true })
    writeFileSync(this.#image, '')
    truncateSync(this.#image, bytes)
    run('mkfs.ext4', ['-q', '-F', '-m', '1', this.#image])
    this.#attach()
  }

  static isPossible(): boolean {
    return process.platform === 'linux' && process.getuid?.() === 0
  }

  /**
   * Does not hold this process up: the load must go on until the very moment. Answers that
   * moment on the monotonic clock. While the call runs the kernel may answer an fdatasync with
   * success although nothing is durable (seen on 6.18): a computer without power answers
   * nothing.
   */
  async cut(): Promise<number> {
    try {
      return Number((await start('python3', ['-c', cutPower, this.mount])).stdout)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return Number((await start('perl', ['-e', cutPowerPerl, this.mount])).stdout)
    }
  }

  /** After a cut: what the disk really holds comes back. Every process must have left it. */
  remount(): void {
    run('umount', [this.mount])
    this.#attach()
  }

  /** Leaves this many bytes free for ordinary users. */
  async fill(left_bytes: number): Promise<void> {
    const [, free] = run('df', ['--output=avail', '-B1', this.mount]).trim().split('\n')
    const ballast_bytes = Number(free) - left_bytes
    const args = ['-l', `${ballast_bytes}`, `${this.mount}/ballast`]
    // Somebody else may have taken the last of it meanwhile; full is what was asked for.
    if (ballast_bytes > 0) await start('fallocate', args).catch(() => undefined)
  }

  free(): void {
    rmSync(`${this.mount}/ballast`, { force: true })
  }

  remove(): void {
    run('umount', [this.mount])
    rmSync(this.#root, { recursive: true, force: true })
  }

  #attach(): void {
    run('mount', ['-o', 'loop', this.#image, this.mount])
  }
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
