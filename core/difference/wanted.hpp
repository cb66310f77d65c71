#pragma once

#include <vector>

#include "difference/compare.hpp"
#include "difference/files.hpp"
#include "difference/packages.hpp"

namespace pinnace::difference {

/// The files that packages claim, numbered behind those that none explains. Where the inventory
/// knows the digests that are recorded, it answers.
std::vector<WantedCheck> wanted_checks(const ComparedFiles& files);

/// The small files of which a unified diff is worth to be made, if they are texts: of those from
/// `explained` on, which packages claim, only configuration.
std::vector<WantedDiff> wanted_diffs(const std::vector<ComparedFile>& files, std::size_t explained);

/// Debian's changelogs of packages with two versions, from the image that has the newer one.
std::vector<WantedChangelog> wanted_changelogs(const std::vector<ComparedPackage>& packages,
                                               const inventory::ImageInventory& from,
                                               const inventory::ImageInventory& to);

/// A change as a report has it.
FileChange described(const ComparedFile& file);

}  // namespace pinnace::difference
