#include "disk/tar_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "archive/entry_path.hpp"
#include "archive/tar_reader.hpp"
#include "base/checked_source.hpp"
#include "base/error.hpp"
#include "text/path.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;

namespace {

constexpr std::size_t k_max_entries = 200'000;
constexpr std::size_t k_max_names = std::size_t{64} << 20;
constexpr int k_max_links = 40;

/// A part of a file that others read at the same time.
class RangeSource final : public base::Source {
 public:
  RangeSource(std::shared_ptr<const files::UniqueFd> fd, TarFiles::Place place, std::string name)
      : m_fd(std::move(fd)), m_place(place), m_name(std::move(name)) {}

  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), m_place.size));
    ssize_t size = 0;
    do {
      size = ::pread(m_fd->get(), buffer.data(), wanted, static_cast<off_t>(m_place.offset));
    } while (size < 0 && errno == EINTR);
    if (size < 0) base::throw_errno(errno, "read " + m_name);
    m_place.offset += static_cast<std::uint64_t>(size);
    m_place.size -= static_cast<std::uint64_t>(size);
    return static_cast<std::size_t>(size);
  }

 private:
  std::shared_ptr<const files::UniqueFd> m_fd;
  TarFiles::Place m_place;
  std::string m_name;
};

/// The program that unpacks what begins so; empty for what is not compressed.
std::string_view unpacker_of(std::string_view beginning) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> k_programs = {
      {{"\x1f\x8b", "gunzip"},
       {"\x28\xb5\x2f\xfd", "unzstd"},
       {"\xfd"
        "7zXZ",
        "unxz"},
       {"BZh", "bunzip2"}}};
  for (const auto& [magic, program] : k_programs) {
    if (beginning.starts_with(magic)) return program;
  }
  return {};
}

/// Where a link leads by its text; nullopt for what is outside of the archive.
std::optional<std::string> target_of(const archive::TarEntry& entry, const std::string& name) {
  const bool is_symlink = entry.type == archive::EntryType::symlink;
  if (is_symlink && entry.link_target.starts_with('/')) return std::nullopt;
  const std::filesystem::path base =
      is_symlink ? std::filesystem::path(name).parent_path() : std::filesystem::path();
  const std::string target = text::clean_path((base / entry.link_target).string());
  if (target == ".." || target.starts_with("../") || target.find('\0') != std::string::npos)
    return std::nullopt;
  return archive::entry_path(target);
}

}  // namespace

TarFiles::TarFiles(const base::Context& context, std::filesystem::path file)
    : m_file(std::move(file)),
      m_fd(std::make_shared<const files::UniqueFd>(files::open_read(m_file))) {
  struct stat status {};
  if (::fstat(m_fd->get(), &status) != 0) base::throw_errno(errno, "stat " + m_file.string());
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::invalid_input, m_file.string() + " is not a regular file");
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto beginning = read({0, std::min<std::uint64_t>(size, 6)}, 6, m_file.string());
  if (const auto program = unpacker_of(beginning); !program.empty()) {
    throw Error(ErrorCode::invalid_input, m_file.string() +
                                              " is compressed, expected an archive as it is; "
                                              "unpack it with " +
                                              std::string(program) + " first");
  }
  read_headers(context, size);
}

void TarFiles::read_headers(const base::Context& context, std::uint64_t size) {
  base::CheckedSource source(context, open({0, size}));
  archive::TarReader reader(source, m_file.string());
  std::size_t entries = 0;
  std::size_t names = 0;
  while (const auto entry = reader.next()) {
    names += entry->path.size() + entry->link_target.size();
    if (++entries > k_max_entries || names > k_max_names) {
      throw Error(ErrorCode::invalid_input,
                  m_file.string() + " has more than 200,000 entries, or names of more than 64 MiB");
    }
    const std::string name = archive::entry_path(entry->path);
    m_files.erase(name);  // the last entry of a name counts
    m_links.erase(name);
    if (entry->type == archive::EntryType::file) {
      m_files[name] = {reader.offset(), entry->size};
    } else if (entry->type == archive::EntryType::symlink ||
               entry->type == archive::EntryType::hardlink) {
      if (auto target = target_of(*entry, name)) m_links[name] = *std::move(target);
    }
  }
}

const TarFiles::Place* TarFiles::find(const std::string& name) const {
  std::string at = name;
  for (int links = 0; links <= k_max_links; ++links) {
    if (const auto file = m_files.find(at); file != m_files.end()) return &file->second;
    const auto link = m_links.find(at);
    if (link == m_links.end()) return nullptr;
    at = link->second;
  }
  return nullptr;
}

std::unique_ptr<base::Source> TarFiles::open(const Place& place) const {
  return std::make_unique<RangeSource>(m_fd, place, m_file.string());
}

std::string TarFiles::read(const Place& place, std::size_t limit, const std::string& what) const {
  return base::read_all(*open(place), limit, what);
}

std::string TarFiles::read(const std::string& name, std::size_t limit) const {
  const Place* place = find(name);
  if (place == nullptr) {
    throw Error(ErrorCode::invalid_input, m_file.string() + " has no file " + name);
  }
  return read(*place, limit, m_file.string() + ": " + name);
}

}  // namespace pinnace::disk
