#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "difference/difference.hpp"

namespace pinnace::difference {

/// What a Debian changelog (deb-changelog(5)) says of the versions after `older`, up to `newer`:
/// newest first, at most so many and so much as a report takes. What is no changelog says nothing.
std::vector<Notice> notices_between(std::string_view changelog, std::string_view older,
                                    std::string_view newer);

/// The CVE numbers that notices name, sorted, each once.
std::vector<std::string> cves_of(const std::vector<Notice>& notices);

}  // namespace pinnace::difference
