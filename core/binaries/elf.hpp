#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "binaries/random_access.hpp"

namespace pinnace::binaries {

/// The tables of a program or library (System V ABI, chapter 4), of 32 or 64 bits and both byte
/// orders: where sections and segments are. Borrows the file.
class Elf {
 public:
  struct Section {
    std::string name;
    std::uint64_t address = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
  };
  /// What of the file is loaded where.
  struct Segment {
    std::uint64_t address = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;  ///< in the file
    bool writable = false;
  };

  static constexpr std::string_view k_magic =
      "\x7f"
      "ELF";

  /// Throws invalid_input for what is no ELF, or whose tables are not in the file.
  explicit Elf(const RandomAccess& file);

  /// nullptr: there is none.
  const Section* find(std::string_view name) const;
  const std::vector<Segment>& segments() const noexcept { return m_segments; }
  /// The content of a section. Throws invalid_input if it is larger than `limit`.
  std::string read(const Section& section, std::size_t limit) const;
  /// What is loaded at an address. Throws invalid_input where not so much of the file is.
  std::string read_at_address(std::uint64_t address, std::size_t size) const;
  const RandomAccess& file() const noexcept { return m_file; }

  bool is_big_endian() const noexcept { return m_big_endian; }
  /// A number of the file's byte order, of at most 8 bytes.
  std::uint64_t number(std::string_view bytes) const;

 private:
  struct Layout;

  void read_sections(const Layout& layout, std::string_view header);
  void read_segments(const Layout& layout, std::string_view header);

  const RandomAccess& m_file;
  bool m_big_endian = false;
  std::vector<Section> m_sections;
  std::vector<Segment> m_segments;
};

}  // namespace pinnace::binaries
