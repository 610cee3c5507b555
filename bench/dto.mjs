/** The DTO classes of the workloads, decorated by hand with the contender's copies of class-validator and class-transformer. */

/** The class of `create_port`'s argument: six fields, the last a list of nested objects. */
export function portClass({ IsArray, IsBoolean, IsIP, IsMACAddress, IsString, IsUUID, Type, ValidateNested }) {
  class FixedIp {}
  decorate(FixedIp, { subnet_id: [IsUUID()], ip_address: [IsIP()] });
  class Port {}
  decorate(Port, {
    id: [IsUUID()],
    network_id: [IsUUID()],
    name: [IsString()],
    admin_state_up: [IsBoolean()],
    mac_address: [IsMACAddress()],
    fixed_ips: [IsArray(), ValidateNested({ each: true }), Type(() => FixedIp)],
  });
  return Port;
}

/** The payload of `networks`, for frameworks that take one object a message. */
export function networkRequestClass({ IsBoolean, IsOptional, IsString }) {
  class NetworkRequest {}
  decorate(NetworkRequest, { host: [IsString()], enable_dhcp_filter: [IsOptional(), IsBoolean()] });
  return NetworkRequest;
}

/** A text, for frameworks that take one object a message. */
export function textClass({ IsString }) {
  class Text {}
  decorate(Text, { text: [IsString()] });
  return Text;
}

function decorate(type, fields) {
  for (const [field, decorators] of Object.entries(fields)) {
    for (const decorator of decorators) decorator(type.prototype, field);
  }
}
