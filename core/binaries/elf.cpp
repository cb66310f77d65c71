#include "binaries/elf.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "packages/numbers.hpp"

namespace pinnace::binaries {

namespace {

[[noreturn]] void fail(const char* problem) {
  throw base::Error(base::ErrorCode::invalid_input, problem);
}

constexpr std::size_t k_max_names = 16 << 20;
constexpr std::size_t k_max_name = 256;
constexpr std::size_t k_max_header = 1024;  ///< of a section or segment
constexpr std::uint32_t k_no_bits = 8;      ///< SHT_NOBITS
constexpr std::uint32_t k_load = 1;         ///< PT_LOAD
constexpr std::uint32_t k_writable = 2;     ///< PF_W
constexpr std::size_t k_ident = 16;

struct Place {
  std::size_t at;
  std::size_t size;
};

}  // namespace

/// Where fields are, of 32 and of 64 bits.
struct Elf::Layout {
  std::size_t header;
  Place program_offset, section_offset, program_size, program_count, section_size, section_count,
      names_index;
  std::size_t section_header;
  Place section_type, section_address, section_file_offset, section_file_size;
  std::size_t program_header;
  Place flags, segment_offset, segment_address, segment_file_size;
};

namespace {

constexpr Place k_first{0, 4};  ///< sh_name and p_type

}  // namespace

Elf::Elf(const RandomAccess& file) : m_file(file) {
  static constexpr Layout k_layout32{52,      {28, 4}, {32, 4}, {42, 2}, {44, 2}, {46, 2},
                                     {48, 2}, {50, 2}, 40,      {4, 4},  {12, 4}, {16, 4},
                                     {20, 4}, 32,      {24, 4}, {4, 4},  {8, 4},  {16, 4}};
  static constexpr Layout k_layout64{64,      {32, 8}, {40, 8}, {54, 2}, {56, 2}, {58, 2},
                                     {60, 2}, {62, 2}, 64,      {4, 4},  {16, 8}, {24, 8},
                                     {32, 8}, 56,      {4, 4},  {8, 8},  {16, 8}, {32, 8}};
  const std::string ident = read_range(file, 0, k_ident);
  if (!ident.starts_with(k_magic)) fail("it is no ELF file");
  const bool is_64 = ident[4] == 2;
  if (!is_64 && ident[4] != 1) fail("it is neither of 32 nor of 64 bits");
  if (ident[5] != 1 && ident[5] != 2) fail("it has no byte order");
  m_big_endian = ident[5] == 2;
  const Layout& layout = is_64 ? k_layout64 : k_layout32;
  const std::string header = read_range(file, 0, layout.header);
  read_sections(layout, header);
  read_segments(layout, header);
}

std::uint64_t Elf::number(std::string_view bytes) const {
  return packages::number_of(bytes, m_big_endian ? std::endian::big : std::endian::little);
}

void Elf::read_sections(const Layout& layout, std::string_view header) {
  const auto field = [&](Place place) { return number(header.substr(place.at, place.size)); };
  const std::uint64_t count = field(layout.section_count);
  const std::uint64_t size = field(layout.section_size);
  if (count == 0) return;  // stripped of them
  if (size < layout.section_header || size > k_max_header) fail("its section headers are damaged");
  const std::string table = read_range(m_file, field(layout.section_offset), count * size);
  std::vector<std::uint64_t> names;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view one = std::string_view(table).substr(i * size, size);
    const auto part = [&](Place place) { return number(one.substr(place.at, place.size)); };
    const bool is_in_file = part(layout.section_type) != k_no_bits;
    names.push_back(part(k_first));
    m_sections.push_back({"", part(layout.section_address), part(layout.section_file_offset),
                          is_in_file ? part(layout.section_file_size) : 0});
  }
  const std::uint64_t index = field(layout.names_index);
  if (index >= count) return;
  const std::string texts = read(m_sections[index], k_max_names);
  for (std::size_t i = 0; i < m_sections.size(); ++i) {
    if (names[i] >= texts.size()) continue;
    const std::string_view name = std::string_view(texts).substr(names[i], k_max_name);
    m_sections[i].name = name.substr(0, name.find('\0'));
  }
}

void Elf::read_segments(const Layout& layout, std::string_view header) {
  const auto field = [&](Place place) { return number(header.substr(place.at, place.size)); };
  const std::uint64_t count = field(layout.program_count);
  const std::uint64_t size = field(layout.program_size);
  if (count == 0) return;
  if (size < layout.program_header || size > k_max_header) fail("its program headers are damaged");
  const std::string table = read_range(m_file, field(layout.program_offset), count * size);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view one = std::string_view(table).substr(i * size, size);
    const auto part = [&](Place place) { return number(one.substr(place.at, place.size)); };
    if (part(k_first) != k_load) continue;
    m_segments.push_back({part(layout.segment_address), part(layout.segment_offset),
                          part(layout.segment_file_size), (part(layout.flags) & k_writable) != 0});
  }
}

const Elf::Section* Elf::find(std::string_view name) const {
  const auto found = std::find_if(m_sections.begin(), m_sections.end(),
                                  [&](const Section& section) { return section.name == name; });
  return found == m_sections.end() ? nullptr : &*found;
}

std::string Elf::read(const Section& section, std::size_t limit) const {
  if (section.size > limit) fail("a section of it is too large");
  return read_range(m_file, section.offset, section.size);
}

std::string Elf::read_at_address(std::uint64_t address, std::size_t size) const {
  for (const Segment& segment : m_segments) {
    if (address < segment.address) continue;
    const std::uint64_t within = address - segment.address;
    if (within > segment.size || size > segment.size - within) continue;
    if (segment.offset > m_file.size()) break;
    return read_range(m_file, segment.offset + within, size);
  }
  fail("an address in it leads nowhere");
}

}  // namespace pinnace::binaries
