import { BlockList, isIP } from 'node:net';

/**
 * Networks that are not the open internet. Sources: IANA's special-purpose registries for IPv4 and IPv6; 169.254.169.254,
 * 100.100.100.200 and fd00:ec2::254 (clouds' metadata) are inside them; 168.63.129.16 is Azure's own.
 */
const IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of 2000::/3, which alone is public: what carries IPv4 inside (Teredo, 6to4), documentation, benchmarks. */
const IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const reserved = new BlockList();
for (const [net, bits] of IPV4) reserved.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of IPV6) reserved.addSubnet(net, bits, 'ipv6');
const unicast = new BlockList();
unicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the open internet. Addresses that hold an IPv4 one (::ffff:10.0.0.1, 64:ff9b::) are not. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !reserved.check(address, 'ipv4');
  // A zone ("%eth0") belongs to link-local addresses only.
  if (version !== 6 || address.includes('%')) return false;
  return unicast.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
}
