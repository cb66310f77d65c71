#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace pinnace::tree {

/// So many entries one layer has at most.
inline constexpr std::size_t k_max_layer_entries = 2'000'000;

/// Bounds the memory that the entries of a foreign archive may take: a few kilobytes of it can name
/// gigabytes of paths and attributes.
class EntryBudget {
 public:
  /// Throws invalid_input, naming `what`, when all entries together need more than 512 MiB.
  void take(std::string_view path, std::string_view link_target,
            const std::map<std::string, std::string>& xattrs, std::string_view what) {
    m_used += k_entry + 2 * path.size() + link_target.size();
    for (const auto& [name, value] : xattrs) m_used += k_attribute + name.size() + value.size();
    if (m_used > k_most) {
      throw base::Error(base::ErrorCode::invalid_input,
                        std::string(what) + " has more paths and attributes than 512 MiB hold");
    }
  }

 private:
  static constexpr std::uint64_t k_most = std::uint64_t{512} << 20;
  static constexpr std::uint64_t k_entry = 200;  ///< of a tree, beside its texts; about
  static constexpr std::uint64_t k_attribute = 100;
  std::uint64_t m_used = 0;
};

}  // namespace pinnace::tree
