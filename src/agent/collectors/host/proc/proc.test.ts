/** Files of /proc and of control groups as old, new and odd kernels write them. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cgroupIdentity, cgroupV1, cgroupV2 } from './cgroup.ts'
import { type CpuTimes, cpuShares, cpuStat, loadAverages, uptime_s } from './cpu.ts'
import { dataMounts, diskStats, isTelling } from './disks.ts'
import { memoryInfo, memoryUse, swaps, unescaped, vmStat } from './memory.ts'
import { countTcp, isMachineDevice, networkDevices, udpSockets } from './network.ts'
import { pressureLines } from './pressure.ts'
import { processIo, processStat, processStatus, userNames } from './process.ts'

const f = (found: unknown, expected: unknown) => expect(found).toEqual(expected)

test('cpu', () => {
  const stat = cpuStat(
    'cpu  30 0 0 0\ncpu0 100 200 300 400 500 600 700 800 900 1000\ncpu2 1 2 3 4\n' +
      'intr 5 0 0\nctxt 77\nbtime 1795230000\nprocesses 12\nprocs_running 2\nprocs_blocked 1\n',
  )
  f(
    [...stat.cpus],
    [
      [0, { user: 1, nice: 2, system: 3, idle: 4, iowait: 5, interrupt: 6, softirq: 7, steal: 8 }],
      [2, { user: 0.01, nice: 0.02, system: 0.03, idle: 0.04 }],
    ],
  )
  f([stat.boot_ms, stat.processes_created, stat.running, stat.blocked], [1795230000000, 12, 2, 1])
  f(stat.context_switches, 77)
  f(cpuStat('').cpus.size, 0)
  f(cpuStat('').boot_ms, undefined)
  const shares = (before: CpuTimes, after: CpuTimes, expected: CpuTimes | undefined) =>
    f(cpuShares(before, after), expected)
  shares({ user: 1, idle: 1 }, { user: 2, idle: 4 }, { user: 0.25, idle: 0.75 })
  shares({ user: 9, idle: 9 }, { user: 1, idle: 1 }, undefined)
  shares({ user: 1, idle: 1 }, { user: 1, idle: 1 }, undefined)
  shares({ user: 1, iowait: 1 }, { user: 2, iowait: 0.99 }, { user: 1, iowait: 0 })
  shares({ user: 1 }, { user: 2, steal: 100 }, { user: 1 })
  f(loadAverages('0.20 18.18 0.12 1/80 11206\n'), [0.2, 18.18, 0.12])
  f(loadAverages('garbage'), undefined)
  f(uptime_s('12499.52 11626.27\n'), 12499.52)
})

test('memory and paging', () => {
  const modern = memoryInfo(
    'MemTotal: 1000 kB\nMemFree:  200 kB\nMemAvailable: 700 kB\nBuffers: 50 kB\nCached: 300 kB\n' +
      'Active(anon): 3 kB\nShmem: 8 kB\nSReclaimable: 40 kB\nSUnreclaim: 10 kB\n' +
      'HugePages_Total:       2\n',
  )
  f(modern.get('HugePages_Total'), 2)
  f(modern.get('Active(anon)'), 3072)
  f(memoryUse(modern), {
    limit: 1024_000,
    free: 204_800,
    buffers: 51_200,
    cached: 348_160,
    used: 419_840,
    available: 716_800,
    shared: 8192,
    slab_reclaimable: 40_960,
    slab_unreclaimable: 10_240,
  })
  const old = memoryUse(memoryInfo('MemTotal: 10 kB\nMemFree: 4 kB\nCached: 2 kB\n'))
  f([old?.used, old?.available, old?.slab_reclaimable], [4096, undefined, undefined])
  f(memoryUse(memoryInfo('')), undefined)
  f(vmStat('pgfault 10\npgmajfault 3\n\n').get('pgmajfault'), 3)
  f(
    swaps(
      'Filename Type Size Used Priority\n/dev/sda2  partition 1000 10 -2\n/a\\040b file 1 0 0\n',
    ),
    [
      { device: '/dev/sda2', limit: 1024_000, used: 10_240 },
      { device: '/a b', limit: 1024, used: 0 },
    ],
  )
  f(unescaped('/mnt/\\303\\251t\\303\\251\\134'), '/mnt/été\\')
})

test('disks', () => {
  const line = '8 0 sda 10 1 100 1000 20 2 200 2000 3 500 3000'
  const sda = {
    device: 'sda',
    reads: 10,
    reads_merged: 1,
    read_bytes: 51_200,
    read_s: 1,
    writes: 20,
    writes_merged: 2,
    write_bytes: 102_400,
    write_s: 2,
    in_flight: 3,
    io_s: 0.5,
  }
  f(diskStats(`   ${line}\n`), [sda])
  f(diskStats(`${line} 0 0 0 0\n`), [sda])
  f(diskStats(`${line} 0 0 0 0 58460 79840\n`), [sda])
  f(diskStats('8 1 sda1 5 50 6 60\n')[0], {
    ...sda,
    device: 'sda1',
    reads: 5,
    reads_merged: 0,
    read_bytes: 25_600,
    read_s: 0,
    writes: 6,
    writes_merged: 0,
    write_bytes: 30_720,
    write_s: 0,
    in_flight: undefined,
    io_s: undefined,
  })
  f(diskStats('8 0 sda x\n\n'), [])
  f(isTelling(sda), true)
  f(isTelling({ ...sda, device: 'loop3' }), false)
  f(isTelling({ ...sda, reads: 0, writes: 0 }), false)
  const mounts = dataMounts(
    [
      'proc /proc proc rw 0 0',
      '/dev/sda1 / ext4 rw,relatime 0 0',
      '/dev/sda1 /var/lib/kubelet/pods/1/volumes/a ext4 rw 0 0',
      '/dev/sda1 /mnt/again ext4 rw 0 0',
      '/dev/sdb1 /data\\040one xfs ro,noatime 0 0',
      'nas:/x /net nfs4 rw 0 0',
      'tmpfs /dev/shm tmpfs rw 0 0',
      'tmpfs /run/user/1000 tmpfs rw 0 0',
      'overlay /var/lib/docker/overlay2/1/merged overlay rw 0 0',
    ].join('\n'),
  )
  f(mounts, [
    { device: '/dev/sda1', path: '/', type: 'ext4', mode: 'rw' },
    { device: '/dev/sdb1', path: '/data one', type: 'xfs', mode: 'ro' },
    { device: 'tmpfs', path: '/dev/shm', type: 'tmpfs', mode: 'rw' },
  ])
})

test('network and pressure', () => {
  const counts = '1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0'
  const traffic = {
    receive: { bytes: 1, packets: 2, errors: 3, dropped: 4 },
    transmit: { bytes: 5, packets: 6, errors: 7, dropped: 8 },
  }
  f(
    networkDevices(
      `Inter-| Receive\n face |bytes\n  eth0: ${counts}\nwlan0:${counts}\neth0:1: 3\n`,
    ),
    [
      { name: 'eth0', ...traffic },
      { name: 'wlan0', ...traffic },
    ],
  )
  f(['eth0', 'lo', 'veth12ab', 'ens5', 'cali9f', 'bond0'].filter(isMachineDevice), [
    'eth0',
    'ens5',
    'bond0',
  ])
  const states = new Map<string, number>()
  const rest = '00000000:00000000 00:00000000 00000000 0 0 1061 1'
  const v6 = '00000000000000000000000000000000'
  countTcp(
    `  sl  local\n   0: 00000000:07E8 00000000:0000 0A ${rest}\n` +
      `   1: 020200C0:92CE 507100CB:0050 01 ${rest}\n 100: 0:1 x 01\n`,
    states,
  )
  countTcp(`  sl\n   0: ${v6}:0016 ${v6}:0000 0A ${rest}\n`, states)
  f(Object.fromEntries(states), { listen: 2, established: 1 })
  f(udpSockets('sockets: used 17\nUDP: inuse 3 mem 0\nUDPLITE: inuse 9\n'), 3)
  f(pressureLines('some avg10=24.50 avg60=13.00 avg300=6.00 total=4480130447\n'), [
    { share: 'some', avg10: 0.245, avg60: 0.13, avg300: 0.06, total_s: 4480.130447 },
  ])
})

test('processes', () => {
  const rest = 'S 1 4061 4041 0 -1 4194304 103 0 7 0 150 50 0 0 20 0 3 0 1249953 3133440 369 1 1'
  const stat = processStat(`4061 (a) b (c)) ${rest} 0 0\n`)
  expect(stat).toEqual({
    pid: 4061,
    name: 'a) b (c)',
    state: 'sleeping',
    parent_pid: 1,
    minor_faults: 103,
    major_faults: 7,
    user_s: 1.5,
    system_s: 0.5,
    threads: 3,
    start_s: 12_499.53,
    virtual_bytes: 3_133_440,
    resident_pages: 369,
    isKernelThread: false,
  })
  f(
    processStat('2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 2 0 0 1')
      ?.isKernelThread,
    true,
  )
  f(processStat(''), undefined)
  f(processStat('12 (half'), undefined)
  f(
    processStatus(
      'Name:\tx\nUid:\t33\t33\t33\t33\nVmRSS:\t  100 kB\nvoluntary_ctxt_switches:\t5\n',
    ),
    {
      resident_bytes: 102_400,
      swap_bytes: undefined,
      user_id: 33,
      voluntary_switches: 5,
      involuntary_switches: undefined,
    },
  )
  f(processIo('rchar: 1\nread_bytes: 10\nwrite_bytes: 20\ncancelled_write_bytes: 0\n'), {
    read_bytes: 10,
    write_bytes: 20,
  })
  f(processIo(''), undefined)
  f([...userNames('root:x:0:0:root:/root:/bin/sh\n# note\nbad:x::\n')], [[0, 'root']])
})

test('control groups, version 2 and 1', () => {
  expect(
    cgroupV2({
      'cpu.stat':
        'usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\nnr_periods 10\n' +
        'nr_throttled 4\nthrottled_usec 500000\n',
      'cpu.max': '150000 100000\n',
      'memory.current': '1000\n',
      'memory.max': 'max\n',
      'memory.stat': 'anon 1\ninactive_file 400\n',
      'memory.events': 'low 0\nhigh 0\nmax 6\noom 2\noom_kill 1\n',
      'pids.current': '3\n',
      'io.stat': '8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=1 wbytes=2\n',
    }),
  ).toMatchObject({
    ...{ cpu_s: 3, cpu_user_s: 2, cpu_system_s: 1, cpu_limit: 1.5, periods: 10 },
    ...{ throttled_periods: 4, throttled_s: 0.5, memory_bytes: 1000, working_set_bytes: 600 },
    ...{ memory_limit_bytes: undefined, oom: 2, oom_kill: 1, limit_hits: 6, processes: 3 },
    ...{ read_bytes: 11, write_bytes: 22 },
  })
  expect(cgroupV2({ 'cpu.max': 'max 100000\n' }).cpu_limit).toBeUndefined()
  expect(
    cgroupV1({
      'cpuacct.usage': '3000000000\n',
      'cpuacct.stat': 'user 200\nsystem 100\n',
      'cpu.stat': 'nr_periods 10\nnr_throttled 4\nthrottled_time 500000000\n',
      'cpu.cfs_quota_us': '-1\n',
      'cpu.cfs_period_us': '100000\n',
      'memory.usage_in_bytes': '1000\n',
      'memory.limit_in_bytes': '9223372036854771712\n',
      'memory.stat': 'cache 1\ntotal_inactive_file 1400\n',
      'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n',
      'blkio.throttle.io_service_bytes': '8:0 Read 10\n8:0 Write 20\n8:0 Total 30\nTotal 30\n',
    }),
  ).toMatchObject({
    ...{ cpu_s: 3, cpu_user_s: 2, cpu_system_s: 1, cpu_limit: undefined, throttled_s: 0.5 },
    ...{ memory_bytes: 1000, working_set_bytes: 0, memory_limit_bytes: undefined, oom_kill: 5 },
    ...{ read_bytes: 10, write_bytes: 20, processes: undefined },
  })
  const id = 'ab'.repeat(32)
  const uid = '0d1b2c3d-1111-2222-3333-444455556666'
  const under = uid.replaceAll('-', '_')
  const pod = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${under}.slice`
  const g = (path: string, expected: Record<string, string>) =>
    f(cgroupIdentity(path), { 'linux.cgroup.path': path, ...expected })
  g(`${pod}/cri-containerd-${id}.scope`, { 'container.id': id, 'k8s.pod.uid': uid })
  g(`/kubepods/burstable/pod${uid}/${id}`, { 'container.id': id, 'k8s.pod.uid': uid })
  g(`/docker/${id}`, { 'container.id': id })
  g('/system.slice/nginx.service', { 'systemd.unit': 'nginx.service' })
  g('/odd', {})
})

test('no text makes a reader throw or tell what is not a number', () => {
  const words = fc.constantFrom('cpu0', 'some', 'avg10=', '8:0', 'Read', 'max', '-1', ')', '(', ':')
  const text = fc
    .array(fc.oneof(words, fc.nat().map(String), fc.string(), fc.constant('\n')), { maxLength: 60 })
    .map((parts) => parts.join(' '))
  const readers: ((text: string) => unknown)[] = [
    ...[cpuStat, loadAverages, uptime_s, memoryInfo, vmStat, swaps, diskStats, dataMounts],
    ...[networkDevices, udpSockets, pressureLines, processStatus, processIo, userNames],
    (t) => cgroupV2({ 'cpu.stat': t, 'cpu.max': t, 'memory.current': t, 'io.stat': t }),
    (t) => cgroupV1({ 'cpuacct.usage': t, 'memory.stat': t, 'blkio.throttle.io_service_bytes': t }),
  ]
  fc.assert(
    fc.property(text, (given) => {
      for (const read of readers) read(given)
      const stats = diskStats(given).flatMap((disk) => [disk.reads, disk.read_bytes])
      const groups = Object.values(cgroupV2({ 'cpu.max': given, 'memory.max': given }))
      for (const value of [...stats, ...groups]) {
        if (value !== undefined) expect(Number.isFinite(value)).toBe(true)
      }
    }),
  )
})
