#include "packages/rpm_header.hpp"

#include <optional>
#include <utility>

#include "base/error.hpp"
#include "packages/numbers.hpp"

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
  k_file_digests = 1035,
  k_arch = 1022,
  k_old_file_names = 1027,
  k_source_rpm = 1044,
  k_directory_indexes = 1116,
  k_base_names = 1117,
  k_directory_names = 1118,
  k_digest_algorithm = 5011,
};
enum Kind : std::uint32_t { k_int32 = 4, k_string = 6, k_string_array = 8, k_i18n_string = 9 };

constexpr std::size_t k_intro = 8;
constexpr std::size_t k_index_entry = 16;
constexpr std::size_t k_max_path = 4096;
constexpr std::size_t k_max_size = 64 << 20;  ///< the largest there are have some 10 MiB
constexpr std::size_t k_max_tags = 0xffff;    ///< as RPM has it

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  return number32_at(bytes, at, std::endian::big);
}

/// Texts that stand behind each other. They are taken one by one: as many as there are bytes would
/// not fit into memory.
class Texts {
 public:
  Texts() = default;
  Texts(std::string_view bytes, std::uint32_t count) : m_rest(bytes), m_left(count) {}

  std::uint32_t left() const noexcept { return m_left; }
  std::string_view next() {
    const std::size_t end = m_rest.find('\0');
    if (end == std::string_view::npos) fail("has a text without its end");
    const std::string_view text = m_rest.substr(0, end);
    m_rest.remove_prefix(end + 1);
    --m_left;
    return text;
  }

 private:
  std::string_view m_rest;
  std::uint32_t m_left = 0;
};

/// Numbers of 32 bits, where they stand.
class Numbers {
 public:
  Numbers() = default;
  explicit Numbers(std::string_view bytes) : m_bytes(bytes) {}

  std::size_t size() const noexcept { return m_bytes.size() / 4; }
  std::uint32_t operator[](std::size_t i) const { return big_endian(m_bytes, 4 * i); }

 private:
  std::string_view m_bytes;
};

class Header {
 public:
  explicit Header(std::string_view bytes) {
    if (bytes.size() < k_intro) fail("is cut off");
    if (bytes.size() > k_max_size) fail("is too large");
    const std::size_t entries = big_endian(bytes, 0);
    const std::size_t size = big_endian(bytes, 4);
    if (entries > k_max_tags || (bytes.size() - k_intro) / k_index_entry < entries)
      fail("has a wrong number of tags");
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
    return text_of(Texts(data_of(*entry), 1).next());
  }
  Texts texts(Tag tag) const {
    const auto entry = find(tag);
    if (!entry) return {};
    if (entry->kind != k_string_array) fail("has a tag of a wrong type");
    return {data_of(*entry), entry->count};
  }
  Numbers numbers(Tag tag) const {
    const auto entry = find(tag);
    if (!entry) return {};
    const std::string_view data = data_of(*entry);
    if (entry->kind != k_int32 || data.size() / 4 < entry->count) fail("has numbers cut off");
    return Numbers(data.substr(0, std::size_t{entry->count} * 4));
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

  std::string_view m_index;
  std::string_view m_data;
};

/// As OpenPGP numbers them (RFC 9580, 9.5). Without a number it is the oldest.
std::string_view digest_algorithm(const Header& header) {
  const Numbers algorithm = header.numbers(k_digest_algorithm);
  switch (algorithm.size() == 0 ? 1 : algorithm[0]) {
    case 1:
      return "md5";
    case 2:
      return "sha1";
    case 8:
      return "sha256";
    case 9:
      return "sha384";
    case 10:
      return "sha512";
    case 11:
      return "sha224";
    default:
      return "";
  }
}

void add_file(Package& package, std::string_view directory, std::string_view name,
              PathBudget& budget, std::string digest = {}) {
  const std::size_t size = directory.size() + name.size() + digest.size();
  if (size > k_max_path || !budget.take(size)) fail("has paths that are too long");
  std::string path(directory);
  path += name;
  if (const auto relative = relative_path(path); !relative.empty())
    package.files.push_back({std::string(relative), std::move(digest)});
}

/// A file is a name and the number of its directory; very old ones are whole.
void add_files(Package& package, const Header& header, PathBudget& budget) {
  Texts paths = header.texts(k_old_file_names);
  while (paths.left() != 0) add_file(package, {}, paths.next(), budget);
  Texts names = header.texts(k_base_names);
  Texts directories = header.texts(k_directory_names);
  const Numbers indexes = header.numbers(k_directory_indexes);
  if (names.left() != indexes.size()) fail("has files without directories");
  if (directories.left() > indexes.size()) fail("has directories without files");
  if (!budget.fits(indexes.size())) fail("has too many files");
  Texts digests = header.texts(k_file_digests);
  const std::string_view algorithm = digest_algorithm(header);
  std::vector<std::string_view> known;
  while (directories.left() != 0) known.push_back(directories.next());
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i] >= known.size()) fail("has files without directories");
    std::string digest;
    if (digests.left() != 0) digest = recorded_digest(algorithm, digests.next());
    add_file(package, known[indexes[i]], names.next(), budget, std::move(digest));
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
  const Numbers epoch = header.numbers(k_epoch);
  if (epoch.size() != 0 && epoch[0] != 0) package.version = std::to_string(epoch[0]) + ":";
  package.version += header.text(k_version) + "-" + header.text(k_release);
  package.architecture = header.text(k_arch);
  if (std::string licence = header.text(k_license); !licence.empty())
    package.licences = {std::move(licence)};
  set_source(package, header.text(k_source_rpm));
  add_files(package, header, budget);
  return package;
}

}  // namespace pinnace::packages
