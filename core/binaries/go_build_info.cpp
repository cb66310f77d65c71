#include "binaries/go_build_info.hpp"

#include <optional>

#include "base/error.hpp"
#include "packages/paragraphs.hpp"

// Where it is and what it looks like: src/debug/buildinfo/buildinfo.go and src/runtime/debug/mod.go
// of Go.

namespace pinnace::binaries {

namespace {

using packages::Found;
using packages::Package;
using packages::PackageType;
using packages::take_line;
using packages::text_of;

constexpr std::string_view k_magic =
    "\xff"
    " Go buildinf:";
constexpr std::size_t k_header = 32;
constexpr std::size_t k_pointer_size = 14;
constexpr std::size_t k_flags = 15;
constexpr unsigned k_is_inline = 2;
constexpr std::size_t k_alignment = 16;
constexpr std::size_t k_max_info = 16 << 20;
constexpr std::size_t k_max_search = 1 << 20;
constexpr std::size_t k_max_modules = 100'000;
constexpr std::size_t k_sentinel = 16;  ///< before and behind the text of modules

struct BuildInfo {
  std::string version;  ///< "go1.22.3"
  std::string modules;
};

/// The bytes that begin with the magic; empty: there are none.
std::string find_info(const Elf& elf) {
  if (const Elf::Section* section = elf.find(".go.buildinfo")) {
    std::string bytes = elf.read(*section, k_max_info);
    return bytes.starts_with(k_magic) ? bytes : std::string();
  }
  for (const Elf::Segment& segment : elf.segments()) {
    if (!segment.writable) continue;
    // Linkers of Go put it at the beginning of what is written.
    const std::string bytes =
        read_range(elf.file(), segment.offset, std::min<std::uint64_t>(segment.size, k_max_search));
    for (std::size_t at = bytes.find(k_magic); at != std::string::npos;
         at = bytes.find(k_magic, at + 1)) {
      if (at % k_alignment == 0) return bytes.substr(at);
    }
  }
  return {};
}

/// A text behind its size, as Go's varints have that.
std::string take_inline(std::string_view& rest) {
  std::uint64_t size = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest.empty()) break;
    const auto byte = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    size |= std::uint64_t{byte & 0x7fU} << shift;
    if ((byte & 0x80U) != 0) continue;
    if (size > rest.size()) break;
    std::string text(rest.substr(0, size));
    rest.remove_prefix(size);
    return text;
  }
  throw base::Error(base::ErrorCode::invalid_input, "its build information is cut off");
}

/// A text that a pointer to a pointer and a size leads to: before Go 1.18.
std::string follow(const Elf& elf, std::string_view pointer) {
  const std::size_t size = pointer.size();
  const std::string header = elf.read_at_address(elf.number(pointer), 2 * size);
  const std::uint64_t length = elf.number(std::string_view(header).substr(size));
  if (length > k_max_info)
    throw base::Error(base::ErrorCode::invalid_input, "its build information is too large");
  if (length == 0) return {};
  return elf.read_at_address(elf.number(std::string_view(header).substr(0, size)), length);
}

BuildInfo read_info(const Elf& elf, std::string_view bytes) {
  if (bytes.size() < k_header)
    throw base::Error(base::ErrorCode::invalid_input, "its build information is cut off");
  if ((static_cast<unsigned char>(bytes[k_flags]) & k_is_inline) != 0) {
    std::string_view rest = bytes.substr(k_header);
    std::string version = take_inline(rest);
    return {std::move(version), take_inline(rest)};
  }
  const auto size = static_cast<unsigned char>(bytes[k_pointer_size]);
  if (size != 4 && size != 8)
    throw base::Error(base::ErrorCode::invalid_input, "its build information has odd pointers");
  return {follow(elf, bytes.substr(k_alignment, size)),
          follow(elf, bytes.substr(k_alignment + size, size))};
}

std::string_view take_column(std::string_view& line) {
  const std::size_t end = std::min(line.find('\t'), line.size());
  const std::string_view column = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return column;
}

/// Lines of columns parted by tabs.
class ModuleReader {
 public:
  std::vector<Package> read(std::string_view text) {
    while (!text.empty()) {
      std::string_view line = take_line(text);
      take(take_column(line), line);
    }
    if (m_main) m_packages[*m_main].source_version = m_revision + (m_dirty ? "+dirty" : "");
    return std::move(m_packages);
  }

 private:
  void take(std::string_view kind, std::string_view line) {
    if (m_packages.size() == k_max_modules) return;
    if (kind == "mod" || kind == "dep") {
      if (kind == "mod") m_main = m_packages.size();
      m_packages.push_back({.type = PackageType::golang});
      set_module(line);
    } else if (kind == "=>" && !m_packages.empty()) {
      // A directory has no name of its own.
      if (!line.starts_with('.') && !line.starts_with('/')) set_module(line);
    } else if (kind == "build") {
      take_setting(line);
    }
  }
  void set_module(std::string_view line) {
    m_packages.back().name = text_of(take_column(line));
    m_packages.back().version = text_of(take_column(line));
  }
  void take_setting(std::string_view line) {
    const std::size_t equals = std::min(line.find('='), line.size());
    const std::string_view value = line.substr(std::min(equals + 1, line.size()));
    if (line.substr(0, equals) == "vcs.revision") m_revision = text_of(value);
    if (line.substr(0, equals) == "vcs.modified") m_dirty = value == "true";
  }

  std::vector<Package> m_packages;
  std::optional<std::size_t> m_main;
  std::string m_revision;
  bool m_dirty = false;
};

}  // namespace

Found read_go_build_info(const Elf& elf) {
  Found found;
  const std::string bytes = find_info(elf);
  if (bytes.empty()) return found;
  const BuildInfo info = read_info(elf, bytes);
  std::string_view modules = info.modules;
  if (modules.size() > 2 * k_sentinel && modules[modules.size() - k_sentinel - 1] == '\n') {
    modules = modules.substr(k_sentinel, modules.size() - 2 * k_sentinel);
    found.packages = ModuleReader().read(modules);
  }
  if (info.version.starts_with("go")) {
    const std::string version = info.version.substr(2, info.version.find(' ') - 2);
    found.packages.push_back(
        {.type = PackageType::golang, .name = "stdlib", .version = text_of(version)});
  }
  return found;
}

}  // namespace pinnace::binaries
