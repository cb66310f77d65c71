#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <vector>

namespace pinnace::cli {

/// A log that is written for as long as a container runs. What is too much for it goes from its
/// beginning, in whole lines unless they are long, and a first line says so then. Its file may be
/// twice as long for the moment when that happens. Several threads may write.
class BoundedLog {
 public:
  static constexpr std::uint64_t k_most = std::uint64_t{32} << 20;
  static constexpr std::string_view k_dropped = "(older output was dropped)";

  /// `descriptors` are open to append to the file `path`; they lead to the new file when there is
  /// one. `most`: bytes.
  BoundedLog(std::filesystem::path path, std::vector<int> descriptors, std::uint64_t most = k_most);

  /// Throws io.
  void write(std::string_view text);

 private:
  void drop_older(std::uint64_t size);

  std::mutex m_mutex;
  std::filesystem::path m_path;
  std::vector<int> m_descriptors;
  std::uint64_t m_most;
};

}  // namespace pinnace::cli
