#pragma once

#include <filesystem>
#include <string>

#include "base/io.hpp"
#include "binaries/random_access.hpp"
#include "files/file.hpp"
#include "files/scratch.hpp"

namespace pinnace::inventory {

/// A file of a layer that has to be read here and there: in memory up to k_in_memory, else in a
/// file without a name, in which zeros take no room. Takes one file after the other.
class SpooledFile final : public binaries::RandomAccess, public base::Sink {
 public:
  static constexpr std::size_t k_in_memory = 32 << 20;

  /// `scratch`: where its directory is made, when it needs one.
  explicit SpooledFile(std::filesystem::path scratch) : m_directory(std::move(scratch)) {}

  /// Forgets what was written.
  void clear();
  /// Throws io.
  void write(base::Bytes bytes) override;

  std::uint64_t size() const override { return m_size; }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> to) const override;

 private:
  void write_to_disk(base::Bytes bytes);

  std::string m_memory;
  files::ScratchDirectory m_directory;
  files::UniqueFd m_file;  ///< from k_in_memory on it has all
  std::uint64_t m_size = 0;
};

}  // namespace pinnace::inventory
