#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/image_name.hpp"
#include "text/position.hpp"

namespace pinnace::config {

/// Something that an image must have to be admitted.
struct Requirement {
  enum class Kind { sbom, provenance, signature };
  Kind kind = Kind::sbom;
  std::string key;  ///< signature only: the file with the public key, relative to environments.yaml

  bool operator==(const Requirement&) const = default;
};

/// What an environment lets in.
struct Admits {
  std::vector<std::string> from;  ///< environments, one of which must hold it; empty: any
  std::optional<std::chrono::seconds> soak;  ///< how long it must have been there
  std::vector<Requirement> requirements;     ///< "requires" in the file

  bool operator==(const Admits&) const = default;
};

/// A named place for images: a registry prefix and the policy that admits to it.
struct Environment {
  std::string name;
  /// "registry.test/shop", or "oci:DIR" relative to the file that it stands in: a Reference or a
  /// LayoutName, without tag and digest.
  oci::ImageName repository;
  bool immutable = false;  ///< a tag is never overwritten
  std::optional<Admits> admits;
  text::Position position;

  /// Whether it does not take whatever comes: what writes there otherwise than promote is refused.
  bool has_rules() const { return immutable || admits.has_value(); }
};

/// environments.yaml (docs/formats/environments.md).
class Environments {
 public:
  /// Throws not_found, io, invalid_input with line and column.
  static Environments load(const std::filesystem::path& file);
  static Environments parse(std::string_view text, const std::string& file);

  /// Throws not_found that lists the names that there are, and the one probably meant.
  const Environment& get(std::string_view name) const;
  /// Sorted.
  std::vector<std::string> names() const;
  const std::string& file() const noexcept { return m_file; }

 private:
  std::string m_file;
  std::map<std::string, Environment, std::less<>> m_environments;
};

/// "24h", "30m", "7d", "1h30m", "90s"; at most ten years. Throws invalid_input.
std::chrono::seconds parse_duration(std::string_view text);

}  // namespace pinnace::config
