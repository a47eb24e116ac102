import { BlockList, isIPv6 } from 'node:net'

/** Addresses that no receiver of alerts has any business at, and where a request can hand out the machine's credentials. */
const refused = new BlockList()
// RFC 3927 and RFC 4291. Instance metadata of AWS, Azure, Google Cloud and others is 169.254.169.254; ECS and EKS use 169.254.170.*.
refused.addSubnet('169.254.0.0', 16, 'ipv4')
refused.addSubnet('fe80::', 10, 'ipv6')
// AWS: instance metadata fd00:ec2::254, EKS Pod Identity fd00:ec2::23.
refused.addSubnet('fd00:ec2::', 32, 'ipv6')
// Google Cloud instance metadata over IPv6.
refused.addAddress('fd20:ce::254', 'ipv6')
// The host agent of Azure.
refused.addAddress('168.63.129.16', 'ipv4')
// Alibaba Cloud instance metadata.
refused.addAddress('100.100.100.200', 'ipv4')

/** Whether an IP address is link-local or serves cloud metadata; IPv4 addresses inside IPv6 ones (`::ffff:a.b.c.d`) included. */
export function isLinkLocal(address: string): boolean {
  return refused.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
