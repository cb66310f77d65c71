#pragma once

#include "versions/characters.hpp"

/// "EPOCH:VERSION-RELEASE", which dpkg and rpm have alike but for what an epoch is and how texts
/// are compared. An epoch or release that is absent is empty.
namespace pinnace::versions {

struct Parts {
  std::string_view epoch;
  std::string_view version;
  std::string_view release;  ///< behind the last dash
};

/// `is_epoch` says whether what is before the first colon is one.
template <class IsEpoch>
Parts parts_of(std::string_view text, IsEpoch is_epoch) {
  Parts parts;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && is_epoch(text.substr(0, colon))) {
    parts.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const std::size_t dash = std::min(text.rfind('-'), text.size());
  parts.version = text.substr(0, dash);
  parts.release = text.substr(std::min(dash + 1, text.size()));
  return parts;
}

/// Epochs as numbers, then versions and releases by `compare`.
template <class IsEpoch, class Compare>
std::weak_ordering compare_parts(std::string_view a, std::string_view b, IsEpoch is_epoch,
                                 Compare compare) {
  const Parts left = parts_of(a, is_epoch);
  const Parts right = parts_of(b, is_epoch);
  if (const auto order = compare_numbers(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare(left.version, right.version); order != 0) return order;
  return compare(left.release, right.release);
}

}  // namespace pinnace::versions
