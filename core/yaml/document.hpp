#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "yaml/node.hpp"

namespace pinnace::yaml {

/// Limits of a document, so that a hostile one costs little.
inline constexpr std::size_t k_max_document = std::size_t{1} << 20;  ///< bytes
inline constexpr int k_max_depth = 32;
inline constexpr std::size_t k_max_nodes = 100'000;  ///< after aliases are expanded

/// Parses one YAML 1.2 document. `file` is its name in messages. Refused, with line and column:
/// what is no YAML or no UTF-8, control characters, duplicate keys, keys that are no text, tags
/// other than !!str, more than one document, and more than the limits. An empty document is null.
Node parse(std::string_view text, const std::string& file);

/// As parse(). What is wrong is never quoted: for files that somebody else has named.
Node parse_unquoted(std::string_view text, const std::string& file);

/// Parses one JSON text (RFC 8259) of at most `limit` bytes, equally strict. What is wrong is never
/// quoted, as it may be a secret.
Node parse_json(std::string_view text, const std::string& file, std::size_t limit = k_max_document);

/// Reads and parses a YAML file. Throws not_found, io, invalid_input.
Node load(const std::filesystem::path& path);

}  // namespace pinnace::yaml
