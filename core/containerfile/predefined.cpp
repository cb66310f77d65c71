#include "containerfile/predefined.hpp"

#include <algorithm>
#include <array>

#include "containerfile/text.hpp"

namespace pinnace::containerfile {

std::map<std::string, std::string, std::less<>> platform_arguments(const oci::Platform& build,
                                                                   const oci::Platform& target) {
  std::map<std::string, std::string, std::less<>> arguments;
  const auto add = [&](const std::string& prefix, const oci::Platform& platform) {
    arguments[prefix + "PLATFORM"] = platform.str();
    arguments[prefix + "OS"] = platform.os;
    arguments[prefix + "ARCH"] = platform.architecture;
    arguments[prefix + "VARIANT"] = platform.variant;
    arguments[prefix + "OSVERSION"] = platform.os_version;
  };
  add("BUILD", build);
  add("TARGET", target);
  arguments["TARGETSTAGE"] = "default";
  return arguments;
}

bool is_proxy_argument(std::string_view name) {
  static constexpr std::array<std::string_view, 5> k_names = {"HTTP_PROXY", "HTTPS_PROXY",
                                                              "FTP_PROXY", "NO_PROXY", "ALL_PROXY"};
  return std::find(k_names.begin(), k_names.end(), upper(name)) != k_names.end();
}

}  // namespace pinnace::containerfile
