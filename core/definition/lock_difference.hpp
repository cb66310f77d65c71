#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definition/lock.hpp"

namespace pinnace::definition {

/// One thing that differs between two locks.
struct DifferenceItem {
  enum class Kind {
    image_added,
    image_removed,
    image_changed,  ///< the digest that the name resolves to
    platform_added,
    platform_removed,
    platform_changed,
    encoder_changed,
    created_changed,
  };
  Kind kind;
  std::string name;      ///< of the image; empty for encoder and created
  std::string platform;  ///< platform_* only
  std::string before;    ///< digest, encoder or time; empty if there was none
  std::string after;
  /// image_changed of an index: the platforms whose manifest stayed the same.
  std::vector<std::string> unchanged_platforms = {};

  bool operator==(const DifferenceItem&) const = default;
};

struct LockDifference {
  std::vector<DifferenceItem> items;

  bool empty() const noexcept { return items.empty(); }
  /// Whether anything that a build for `platform` takes changed: false where only the index did.
  bool affects(std::string_view platform) const;
  /// For people: a line an item, each with its newline.
  std::string text() const;
};

LockDifference compare_locks(const Lock& before, const Lock& now);

}  // namespace pinnace::definition
