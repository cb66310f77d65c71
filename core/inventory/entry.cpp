#include "inventory/entry.hpp"

#include <charconv>

#include "base/error.hpp"
#include "packages/file_path.hpp"

namespace pinnace::inventory {

namespace {

using archive::EntryType;

/// In the order of EntryType.
constexpr std::string_view k_letters = "-dlhcbp";
constexpr std::string_view k_root = ".";

[[noreturn]] void fail() {
  throw base::Error(base::ErrorCode::invalid_input, "a damaged line of an inventory");
}

bool is_device(EntryType type) noexcept {
  return type == EntryType::character_device || type == EntryType::block_device;
}

bool is_link(EntryType type) noexcept {
  return type == EntryType::symlink || type == EntryType::hardlink;
}

class Columns {
 public:
  explicit Columns(std::string_view line) : m_rest(line) {}

  std::string_view next() {
    if (m_ended) fail();
    const std::size_t end = m_rest.find(' ');
    const std::string_view column = m_rest.substr(0, end);
    m_ended = end == std::string_view::npos;
    m_rest.remove_prefix(m_ended ? m_rest.size() : end + 1);
    if (column.empty()) fail();
    return column;
  }
  bool has_more() const noexcept { return !m_ended; }
  template <typename Integer>
  Integer number(int base = 10) {
    return number_of<Integer>(next(), base);
  }
  /// "1:3"
  void device(Entry& entry) {
    const std::string_view column = next();
    const std::size_t colon = std::min(column.find(':'), column.size() - 1);
    entry.device_major = number_of<std::uint32_t>(column.substr(0, colon));
    entry.device_minor = number_of<std::uint32_t>(column.substr(colon + 1));
  }

 private:
  template <typename Integer>
  static Integer number_of(std::string_view column, int base = 10) {
    Integer value{};
    const char* const end = column.data() + column.size();
    const auto [stop, error] = std::from_chars(column.data(), end, value, base);
    if (error != std::errc() || stop != end) fail();
    return value;
  }

  std::string_view m_rest;
  bool m_ended = false;
};

EntryType type_of(std::string_view column) {
  const std::size_t place = column.size() == 1 ? k_letters.find(column[0]) : std::string_view::npos;
  if (place == std::string_view::npos) fail();
  return static_cast<EntryType>(place);
}

std::string octal(std::uint32_t mode) {
  std::array<char, 12> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), mode, 8).ptr;
  return {digits.data(), end};
}

/// "security.capability=0100"
void add_xattr(Entry& entry, std::string_view column) {
  const std::size_t equals = column.rfind('=');
  if (equals == std::string_view::npos) fail();
  entry.xattrs.emplace(packages::unescaped(column.substr(0, equals)), column.substr(equals + 1));
}

}  // namespace

std::string shown_xattr(std::string_view value) {
  constexpr std::size_t k_most = 64;
  constexpr std::string_view k_digits = "0123456789abcdef";
  if (value.size() > k_most) return hash::Digest::of(value).str();
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    text += k_digits[byte >> 4U];
    text += k_digits[byte & 15U];
  }
  return text;
}

std::string to_line(const Entry& entry) {
  std::string line(1, k_letters[static_cast<std::size_t>(entry.type)]);
  const auto add = [&](std::string_view column) { line.append(" ").append(column); };
  add(octal(entry.mode));
  add(std::to_string(entry.uid));
  add(std::to_string(entry.gid));
  if (entry.type == EntryType::file) {
    add(std::to_string(entry.size));
    add(entry.digest ? std::string_view(entry.digest->str()) : "-");
  }
  if (is_device(entry.type))
    add(std::to_string(entry.device_major) + ":" + std::to_string(entry.device_minor));
  add(entry.path.empty() ? std::string(k_root) : packages::escaped(entry.path));
  if (is_link(entry.type)) add(packages::escaped(entry.link_target));
  for (const auto& [name, value] : entry.xattrs) add(packages::escaped(name) + "=" + value);
  return line;
}

Entry parse_line(std::string_view line) {
  Columns columns(line);
  Entry entry{.type = type_of(columns.next())};
  entry.mode = columns.number<std::uint32_t>(8);
  entry.uid = columns.number<std::uint64_t>();
  entry.gid = columns.number<std::uint64_t>();
  if (entry.type == EntryType::file) {
    entry.size = columns.number<std::uint64_t>();
    const std::string_view digest = columns.next();
    if (digest != "-") entry.digest = hash::Digest::parse(digest);
  }
  if (is_device(entry.type)) columns.device(entry);
  const std::string_view path = columns.next();
  if (path != k_root) entry.path = packages::unescaped(path);
  if (is_link(entry.type)) entry.link_target = packages::unescaped(columns.next());
  while (columns.has_more()) add_xattr(entry, columns.next());
  return entry;
}

}  // namespace pinnace::inventory
