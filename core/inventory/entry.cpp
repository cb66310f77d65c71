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
  template <typename Integer>
  Integer number(int base = 10) {
    const std::string_view column = next();
    Integer value{};
    const char* const end = column.data() + column.size();
    const auto [stop, error] = std::from_chars(column.data(), end, value, base);
    if (error != std::errc() || stop != end) fail();
    return value;
  }
  void expect_end() const {
    if (!m_ended) fail();
  }

 private:
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

}  // namespace

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
  add(entry.path.empty() ? std::string(k_root) : packages::escaped(entry.path));
  if (is_link(entry.type)) add(packages::escaped(entry.link_target));
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
  const std::string_view path = columns.next();
  if (path != k_root) entry.path = packages::unescaped(path);
  if (is_link(entry.type)) entry.link_target = packages::unescaped(columns.next());
  columns.expect_end();
  return entry;
}

}  // namespace pinnace::inventory
