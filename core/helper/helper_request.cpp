#include "helper/helper_request.hpp"
#include "json/json.hpp"

namespace pinnace::base {

// NOLINTBEGIN(readability-function-size): made by a macro
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PublishedPort, address, host_port, container_port, udp)
// NOLINTEND(readability-function-size)

}  // namespace pinnace::base

namespace pinnace::container {

// NOLINTBEGIN(readability-function-size,cppcoreguidelines-avoid-do-while): made by a macro
NLOHMANN_JSON_SERIALIZE_ENUM(Network, {{Network::isolated, "isolated"},
                                       {Network::none, "none"},
                                       {Network::host, "host"}})
// NOLINTEND(readability-function-size,cppcoreguidelines-avoid-do-while)

}  // namespace pinnace::container

namespace pinnace::layer {

// NOLINTBEGIN(readability-function-size,cppcoreguidelines-avoid-do-while): made by a macro
NLOHMANN_JSON_SERIALIZE_ENUM(TimesOf, {{TimesOf::image, "image"},
                                       {TimesOf::base, "base"},
                                       {TimesOf::step, "step"}})
// NOLINTEND(readability-function-size,cppcoreguidelines-avoid-do-while)

}  // namespace pinnace::layer

namespace pinnace::spec {

// NOLINTBEGIN(readability-function-size): made by a macro
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IdRange, inside, outside, count)
// NOLINTEND(readability-function-size)

}  // namespace pinnace::spec

namespace pinnace::helper {

// NOLINTBEGIN(readability-function-size,cppcoreguidelines-avoid-do-while): made by macros
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HelperMount, kind, target, lowers, source, start, writable,
                                   exclusive, mode, uid, gid, size)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HelperRequest, operation, directory, users, groups, by_helpers,
                                   host_root, path, runtime, emulator, copies, lowers, snapshot,
                                   report_changes, epoch, times_of, after, arguments, environment,
                                   user, working_directory, hostname, network, ports, wait_port,
                                   mounts, processes, memory, milli_cpus, has_socketcall)
// NOLINTEND(readability-function-size,cppcoreguidelines-avoid-do-while)

nlohmann::json to_json(const HelperRequest& request) {
  nlohmann::json json;
  to_json(json, request);
  return json;
}

HelperRequest parse_helper_request(std::string_view text) {
  return json::parse(text, "request to the sandbox").get<HelperRequest>();
}

}  // namespace pinnace::helper
