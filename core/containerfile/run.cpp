#include <algorithm>
#include <array>

#include "base/quote.hpp"
#include "base/suggest.hpp"
#include "containerfile/reader.hpp"
#include "containerfile/text.hpp"

namespace pinnace::containerfile {

namespace {

const std::vector<std::string_view> k_types = {"bind", "cache", "tmpfs", "secret", "ssh"};
const std::vector<std::string_view> k_options = {"type", "target", "source",   "from",   "rw",
                                                 "ro",   "id",     "mode",     "uid",    "gid",
                                                 "size", "env",    "required", "sharing"};

/// The other names that some options have.
std::string canonical(const std::string& name) {
  if (name == "dst" || name == "destination") return "target";
  if (name == "src") return "source";
  if (name == "readwrite") return "rw";
  if (name == "readonly") return "ro";
  return name;
}

Mount read_mount(const InstructionReader& reader, const Flag& flag) {
  Mount mount{{}, reader.at(flag.offset)};
  std::string_view rest = *flag.value;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    const std::size_t equals = item.find('=');
    const std::string name = canonical(lower(item.substr(0, equals)));
    if (std::find(k_options.begin(), k_options.end(), name) == k_options.end())
      text::fail_at(mount.position, "--mount has no option " + base::quote(name) +
                                        base::suggestion(name, k_options));
    const std::string value(equals == std::string_view::npos ? "true" : item.substr(equals + 1));
    if (!mount.options.emplace(name, value).second)
      text::fail_at(mount.position, "the option " + name + " of --mount is here twice");
  }
  const std::string& type = mount.options.emplace("type", "bind").first->second;
  if (std::find(k_types.begin(), k_types.end(), type) == k_types.end())
    text::fail_at(mount.position,
                  "--mount has no type " + base::quote(type) + base::suggestion(type, k_types));
  const bool needs_target = type == "bind" || type == "cache" || type == "tmpfs";
  if (needs_target && !mount.options.contains("target"))
    text::fail_at(mount.position, "--mount=type=" + type + " needs target=...");
  return mount;
}

}  // namespace

Run read_run(InstructionReader& reader) {
  Run run;
  for (const Flag& flag : reader.text_flags("mount"))
    run.mounts.push_back(read_mount(reader, flag));
  if (const auto network = reader.text_flag("network")) {
    if (*network != "default" && *network != "none" && *network != "host")
      reader.fail("--network=" + *network + ": expected default, none or host");
    run.network = *network;
  }
  if (const auto security = reader.text_flag("security"); security && *security != "sandbox")
    text::fail_at(reader.position(), "RUN --security=" + *security + " is not supported",
                  base::ErrorCode::unsupported);
  reader.end_flags({"mount", "network", "security"});
  run.command = reader.command_line();
  run.files = std::move(reader.files());
  if (run.command.words.empty()) reader.fail("expected a command");
  return run;
}

}  // namespace pinnace::containerfile
