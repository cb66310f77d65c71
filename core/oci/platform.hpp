#pragma once

#include <compare>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace pinnace::oci {

/// os/architecture[/variant], as Go names them: "linux/amd64", "linux/arm64/v8" (OCI image index
/// specification). Normalised as containerd does: aarch64 -> arm64, x86_64 -> amd64, arm64/v8 ->
/// arm64, arm -> arm/v7.
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;

  /// Throws invalid_input.
  static Platform parse(std::string_view text);
  /// The one that this program runs on.
  static Platform host();
  std::string str() const;
  /// Whether an image for `offered` serves a wish for *this*; os_version is compared only if we ask
  /// for one.
  bool matches(const Platform& offered) const;

  auto operator<=>(const Platform&) const = default;
};

}  // namespace pinnace::oci
