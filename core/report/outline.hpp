#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "difference/difference.hpp"

namespace pinnace::report {

/// A line of a report: what it is called, what is said of it, and lines below it.
struct Item {
  std::string label;  ///< "up", "revision"
  std::string name;   ///< of a package, file or field: as a stranger wrote it; may be empty
  std::string said;   ///< "1.0 -> 1.1"
  std::vector<std::string> details;
  std::string block;  ///< lines of a unified diff
};

struct Section {
  std::string title;    ///< "Packages"
  std::string summary;  ///< "1 up, 2 added"
  std::vector<Item> items;
};

struct Platform {
  std::string title;  ///< "linux/amd64: changed"
  std::vector<Section> sections;
};

/// What a report says, in its order, whatever it is written in.
struct Outline {
  std::string title;
  std::vector<Item> images;
  std::vector<Platform> platforms;
};

/// How much of each a report shows; what is beyond is counted.
struct Bounds {
  std::size_t items = 40;        ///< of a section
  std::size_t block_lines = 12;  ///< of a diff
  std::size_t blocks = 5;        ///< of a platform
  std::size_t notices = 0;       ///< of a package; 0: its CVE numbers alone
};

Outline outline_of(const difference::Difference& difference, const Bounds& bounds);

}  // namespace pinnace::report
