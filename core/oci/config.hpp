#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "hash/digest.hpp"
#include "oci/execution.hpp"
#include "oci/platform.hpp"

namespace pinnace::oci {

/// An image configuration (OCI image specification, config.md). The JSON is kept whole, so that
/// fields that we do not know survive in images built on a base; the accessors check what they
/// read.
class Config {
 public:
  /// An empty one for `platform`.
  explicit Config(const Platform& platform);
  /// Throws invalid_input for what is no image configuration (wrong types, diff_ids malformed).
  static Config parse(std::string_view bytes);

  Platform platform() const;
  /// Where the image is for another variant of the same architecture, that is the one from now on:
  /// what is built on a base of arm/v6 for arm/v7 may hold code of both.
  void set_variant(const Platform& wish);
  std::vector<hash::Digest> diff_ids() const;
  /// Adds a layer to rootfs.diff_ids and its line to history.
  void add_layer(const hash::Digest& diff_id, const nlohmann::json& history);
  /// How its programs run: its "config".
  Execution execution() const;
  void set_execution(const Execution& execution);
  nlohmann::json& json() { return m_json; }
  const nlohmann::json& json() const { return m_json; }
  /// Sets "created" (RFC 3339 in UTC) from seconds since 1970.
  void set_created(std::int64_t epoch_seconds);
  /// Canonical: compact JSON, keys sorted.
  std::string to_bytes() const;

 private:
  explicit Config(nlohmann::json json) : m_json(std::move(json)) {}
  nlohmann::json m_json;
};

}  // namespace pinnace::oci
