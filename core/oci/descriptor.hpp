#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "hash/digest.hpp"
#include "oci/media_type.hpp"
#include "oci/platform.hpp"

namespace pinnace::json {
class Node;
}

namespace pinnace::oci {

/// What is where and how big: a typed pointer to a blob or manifest (OCI image specification,
/// descriptor.md). Fields that are not known are kept in `other`.
struct Descriptor {
  std::string media_type;
  hash::Digest digest;
  std::uint64_t size = 0;  ///< bytes, at most 2^63 - 1
  std::optional<Platform> platform;
  std::map<std::string, std::string> annotations;
  std::optional<std::string> artifact_type;
  nlohmann::json other = nlohmann::json::object();  ///< urls, data, and fields of later versions

  /// Throws invalid_input that names `where` (a JSON pointer or file) and what was expected.
  static Descriptor from_json(const nlohmann::json& json, const std::string& where);
  /// The same inside of a document.
  static Descriptor from_json(const json::Node& node);
  nlohmann::json to_json() const;
};

}  // namespace pinnace::oci
