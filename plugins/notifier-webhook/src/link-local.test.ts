import { expect, it } from 'vitest'
import { isLinkLocal } from './link-local.ts'

it.each(['169.254.0.0', '169.254.169.254', '169.254.170.23', '169.254.255.255', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fd00:ec2::254', 'fd20:ce::254', '168.63.129.16', '100.100.100.200'])(
  'counts %s in',
  (address) => {
    expect(isLinkLocal(address)).toBe(true)
  },
)

it.each(['127.0.0.1', '::1', '10.0.0.1', '172.16.0.1', '192.168.1.1', 'fd00::1', '169.253.255.255', '169.255.0.0', 'fec0::1', '93.184.216.34', '::ffff:10.0.0.1'])('counts %s out', (address) => {
  expect(isLinkLocal(address)).toBe(false)
})
