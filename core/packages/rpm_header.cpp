#include "packages/rpm_header.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"

namespace pinnace::packages {

namespace {

[[noreturn]] void fail(const std::string& problem) {
  throw base::Error(base::ErrorCode::invalid_input, "an RPM header " + problem);
}

enum Tag : std::uint32_t {
  k_name = 1000,
  k_version = 1001,
  k_release = 1002,
  k_epoch = 1003,
  k_license = 1014,
  k_arch = 1022,
  k_old_file_names = 1027,
  k_source_rpm = 1044,
  k_directory_indexes = 1116,
  k_base_names = 1117,
  k_directory_names = 1118,
};
enum Kind : std::uint32_t { k_int32 = 4, k_string = 6, k_string_array = 8, k_i18n_string = 9 };

constexpr std::size_t k_intro = 8;
constexpr std::size_t k_index_entry = 16;
constexpr std::size_t k_max_path = 4096;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

class Header {
 public:
  explicit Header(std::string_view bytes) {
    if (bytes.size() < k_intro) fail("is cut off");
    const std::size_t entries = big_endian(bytes, 0);
    const std::size_t size = big_endian(bytes, 4);
    if ((bytes.size() - k_intro) / k_index_entry < entries) fail("has a wrong number of tags");
    m_index = bytes.substr(k_intro, entries * k_index_entry);
    m_data = bytes.substr(k_intro + m_index.size());
    if (m_data.size() < size) fail("is cut off");
    m_data = m_data.substr(0, size);
  }

  std::string text(Tag tag) const {
    const auto entry = find(tag);
    if (!entry) return {};
    if (entry->kind != k_string && entry->kind != k_string_array && entry->kind != k_i18n_string)
      fail("has a tag of a wrong type");
    std::string_view rest = data_of(*entry);
    return text_of(next_text(rest));
  }
  std::vector<std::string_view> texts(Tag tag) const {
    std::vector<std::string_view> all;
    const auto entry = find(tag);
    if (!entry) return all;
    if (entry->kind != k_string_array) fail("has a tag of a wrong type");
    std::string_view rest = data_of(*entry);
    for (std::uint32_t i = 0; i < entry->count; ++i) all.push_back(next_text(rest));
    return all;
  }
  std::vector<std::uint32_t> numbers(Tag tag) const {
    std::vector<std::uint32_t> all;
    const auto entry = find(tag);
    if (!entry) return all;
    const std::string_view data = data_of(*entry);
    if (entry->kind != k_int32 || data.size() / 4 < entry->count) fail("has numbers cut off");
    for (std::size_t i = 0; i < entry->count; ++i) all.push_back(big_endian(data, 4 * i));
    return all;
  }

 private:
  struct Entry {
    std::uint32_t kind;
    std::uint32_t offset;
    std::uint32_t count;
  };

  std::optional<Entry> find(Tag tag) const {
    for (std::size_t at = 0; at < m_index.size(); at += k_index_entry) {
      if (big_endian(m_index, at) == tag)
        return Entry{big_endian(m_index, at + 4), big_endian(m_index, at + 8),
                     big_endian(m_index, at + 12)};
    }
    return std::nullopt;
  }
  std::string_view data_of(const Entry& entry) const {
    if (entry.offset > m_data.size()) fail("points behind its end");
    return m_data.substr(entry.offset);
  }
  static std::string_view next_text(std::string_view& rest) {
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) fail("has a text without its end");
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return text;
  }

  std::string_view m_index;
  std::string_view m_data;
};

void add_file(Package& package, std::string_view directory, std::string_view name,
              PathBudget& budget) {
  const std::size_t size = directory.size() + name.size();
  if (size > k_max_path || !budget.take(size)) fail("has paths that are too long");
  std::string path(directory);
  path += name;
  if (const auto relative = relative_path(path); !relative.empty())
    package.files.push_back({std::string(relative)});
}

/// A file is a name and the number of its directory; very old ones are whole.
void add_files(Package& package, const Header& header, PathBudget& budget) {
  for (const std::string_view path : header.texts(k_old_file_names))
    add_file(package, {}, path, budget);
  const auto names = header.texts(k_base_names);
  const auto directories = header.texts(k_directory_names);
  const auto indexes = header.numbers(k_directory_indexes);
  if (names.size() != indexes.size()) fail("has files without directories");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (indexes[i] >= directories.size()) fail("has files without directories");
    add_file(package, directories[indexes[i]], names[i], budget);
  }
}

/// "bash-5.2.15-3.fc38.src.rpm"
void set_source(Package& package, std::string_view file) {
  for (const std::string_view end : {".src.rpm", ".nosrc.rpm"}) {
    if (file.ends_with(end)) file.remove_suffix(end.size());
  }
  const std::size_t release = file.rfind('-');
  if (release == std::string_view::npos || release == 0) return;
  const std::size_t version = file.rfind('-', release - 1);
  if (version == std::string_view::npos) return;
  package.source = file.substr(0, version);
  package.source_version = file.substr(version + 1);
}

}  // namespace

Package read_rpm_header(base::Bytes bytes, PathBudget& budget) {
  const Header header(base::as_text(bytes));
  Package package{.type = PackageType::rpm};
  package.name = header.text(k_name);
  if (package.name.empty()) fail("has no name");
  const auto epoch = header.numbers(k_epoch);
  if (!epoch.empty() && epoch.front() != 0) package.version = std::to_string(epoch.front()) + ":";
  package.version += header.text(k_version) + "-" + header.text(k_release);
  package.architecture = header.text(k_arch);
  if (std::string licence = header.text(k_license); !licence.empty())
    package.licences = {std::move(licence)};
  set_source(package, header.text(k_source_rpm));
  add_files(package, header, budget);
  return package;
}

}  // namespace pinnace::packages
