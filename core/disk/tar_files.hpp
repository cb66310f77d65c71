#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "files/file.hpp"

namespace pinnace::disk {

/// The files of a tar archive, read where they stand: its headers are read once, and nothing is
/// unpacked. Links are followed inside of the archive, and nowhere else.
class TarFiles {
 public:
  /// Where a file's bytes stand in the archive.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool operator==(const Place&) const = default;
  };

  /// Throws not_found; invalid_input if it is no regular file, no tar archive, is compressed, or
  /// has more than 200,000 entries or names of more than 64 MiB together.
  TarFiles(const base::Context& context, std::filesystem::path file);

  const std::filesystem::path& path() const noexcept { return m_file; }
  /// The file of a name, through at most 40 links; nullptr if there is none.
  const Place* find(const std::string& name) const;
  std::unique_ptr<base::Source> open(const Place& place) const;
  /// A small file whole. Throws invalid_input if it is missing or larger than `limit`.
  std::string read(const std::string& name, std::size_t limit) const;
  std::string read(const Place& place, std::size_t limit, const std::string& what) const;
  const std::map<std::string, Place, std::less<>>& files() const noexcept { return m_files; }

 private:
  void read_headers(const base::Context& context, std::uint64_t size);

  std::filesystem::path m_file;
  std::shared_ptr<const files::UniqueFd> m_fd;
  std::map<std::string, Place, std::less<>> m_files;
  std::map<std::string, std::string, std::less<>> m_links;  ///< name -> name
};

}  // namespace pinnace::disk
