/** Checks of arguments, as a compiler would write them for the methods: the rules of the decorators in `bench/dto.mjs`. */
import { isIP } from 'node:net';

const UUID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})$/i;
/** 48 or 64 bits: pairs of digits with one separator throughout, or groups of four digits with dots. */
const MAC =
  /^(?:[0-9a-f]{2}([-:\s])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{2}([-:\s])(?:[0-9a-f]{2}\2){6}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2,3}[0-9a-f]{4})$/i;

/** The check of each method: takes its arguments, and returns the path of the first wrong one; `undefined` if all are right. */
export const CHECKS = {
  networks: ([host, filter]) => {
    if (typeof host !== 'string') return 'host';
    return filter === undefined || filter === null || typeof filter === 'boolean' ? undefined : 'enable_dhcp_filter';
  },
  echo: textCheck('text'),
  create_port: ([port]) => wrongInPort(port),
  count: textCheck('port_id'),
  counted: () => undefined,
};

function textCheck(name) {
  return ([text]) => (typeof text === 'string' ? undefined : name);
}

function wrongInPort(port) {
  if (!isObject(port)) return 'port';
  if (!isUuid(port.id)) return 'port.id';
  if (!isUuid(port.network_id)) return 'port.network_id';
  if (typeof port.name !== 'string') return 'port.name';
  if (typeof port.admin_state_up !== 'boolean') return 'port.admin_state_up';
  if (typeof port.mac_address !== 'string' || !MAC.test(port.mac_address)) return 'port.mac_address';
  if (!Array.isArray(port.fixed_ips)) return 'port.fixed_ips';
  for (let index = 0; index < port.fixed_ips.length; index++) {
    const ip = port.fixed_ips[index];
    if (!isObject(ip)) return `port.fixed_ips.${index}`;
    if (!isUuid(ip.subnet_id)) return `port.fixed_ips.${index}.subnet_id`;
    if (typeof ip.ip_address !== 'string' || isIP(ip.ip_address) === 0) return `port.fixed_ips.${index}.ip_address`;
  }
  return undefined;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isUuid(value) {
  return typeof value === 'string' && UUID.test(value);
}
