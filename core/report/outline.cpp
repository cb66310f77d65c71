#include "report/outline.hpp"

#include <utility>

#include "report/sections.hpp"

namespace pinnace::report {

namespace {

using difference::Difference;
using difference::PlatformDifference;
using State = PlatformDifference::State;

std::string title_of(const PlatformDifference& platform, bool index_changed) {
  switch (platform.state) {
    case State::same:
      return platform.platform +
             (index_changed ? ": the index changed, this platform did not" : ": the same");
    case State::added:
      return platform.platform + ": only the second image is for it";
    case State::removed:
      return platform.platform + ": only the first image is for it";
    case State::changed:
      break;
  }
  return platform.platform + ": changed";
}

Platform platform_of(const PlatformDifference& difference, bool index_changed,
                     const Bounds& bounds) {
  Platform platform{title_of(difference, index_changed), {}};
  if (difference.state != State::changed) return platform;
  for (Section section :
       {code_section(difference), base_section(difference), packages_section(difference, bounds),
        settings_section(difference), files_section(difference, bounds), layers_section(difference),
        findings_section(difference)}) {
    if (section.items.empty() && section.summary.empty()) continue;
    if (section.items.size() > bounds.items) {
      const std::size_t more = section.items.size() - bounds.items;
      section.items.resize(bounds.items);
      section.items.push_back({"", "", "and " + std::to_string(more) + " more", {}, {}});
    }
    platform.sections.push_back(std::move(section));
  }
  return platform;
}

}  // namespace

Outline outline_of(const Difference& difference, const Bounds& bounds) {
  Outline outline;
  outline.title = difference.same ? "The images are the same" : "What changed";
  outline.images = {{"from", difference.from.reference, difference.from.digest, {}, {}},
                    {"to", difference.to.reference, difference.to.digest, {}, {}}};
  const bool index_changed = difference.from.digest != difference.to.digest;
  for (const PlatformDifference& platform : difference.platforms)
    outline.platforms.push_back(platform_of(platform, index_changed, bounds));
  return outline;
}

}  // namespace pinnace::report
