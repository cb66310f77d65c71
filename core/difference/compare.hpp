#pragma once

#include <string>
#include <vector>

#include "difference/difference.hpp"
#include "inventory/image_inventory.hpp"
#include "oci/config.hpp"
#include "oci/manifest.hpp"

namespace pinnace::difference {

/// One image for one platform.
struct Image {
  std::string platform;
  hash::Digest digest;
  oci::Manifest manifest;
  oci::Config config;
  inventory::ImageInventory inventory;
};

/// A file whose content is wanted to say more of a change.
struct WantedFile {
  enum class Side { from, to };

  Side side = Side::to;
  std::size_t layer = 0;  ///< of the image: 0 is the lowest
  hash::Digest digest;
  std::uint64_t size = 0;
};

/// Two contents that a unified diff is made of, for one of the files.
struct WantedDiff {
  std::size_t file = 0;
  WantedFile from;
  WantedFile to;
};

/// A file of the second image whose package has recorded what it holds.
struct WantedCheck {
  std::size_t file = 0;
  WantedFile content;
  std::vector<std::string> digests;  ///< packages::FilePath: it must have one of them
  enum class Answer { unknown, holds, contradicts } answer = Answer::unknown;
};

/// A changelog in Debian's format, compressed by gzip, for one of the packages.
struct WantedChangelog {
  std::size_t package = 0;
  WantedFile file;
  std::string older;  ///< versions of the source package
  std::string newer;
};

/// What differs, and what would have to be read to say all of it. Behind the files that differ
/// stand those of the checks.
struct Compared {
  PlatformDifference difference;
  std::vector<WantedCheck> checks;
  std::vector<WantedDiff> diffs;
  std::vector<WantedChangelog> changelogs;
};

/// Compares two images for the same platform. Of more packages and files than a report takes the
/// first ones are listed.
Compared compare(const Image& from, const Image& to);

/// Leaves of the files of the checks those that what was answered leaves: what could not be read is
/// counted, as if nothing were recorded of it. Then the files are sorted by path.
PlatformDifference settled(Compared compared);

}  // namespace pinnace::difference
