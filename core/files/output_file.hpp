#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "files/file.hpp"

namespace pinnace::files {

/// Where a file goes that a user named: through links to what they lead to.
struct OutputPlace {
  std::filesystem::path path;
  /// Whether it is a device, a FIFO or an open descriptor (/dev/stdout, /dev/fd/3), which stays
  /// what it is and gets the bytes as they come.
  bool is_stream = false;
};

/// Throws invalid_input for a directory or a socket.
OutputPlace output_place(std::filesystem::path path);

/// A file that a user named, who may have linked it, or named what is no regular file. A regular
/// file appears at commit() or not at all, as AtomicFile has it; nothing else is replaced. What
/// killed processes left beside a regular file is removed.
/// Not for directories whose links are others' work.
class OutputFile final : public base::Sink {
 public:
  /// Throws io, also for a FIFO that nobody reads: it isn't waited for.
  explicit OutputFile(const OutputPlace& place);

  void write(base::Bytes bytes) override;
  void commit();

 private:
  std::filesystem::path m_path;
  std::optional<AtomicFile> m_file;
  UniqueFd m_stream;
};

/// Writes `text` to a file that a user named.
void write_output_file(const std::filesystem::path& path, std::string_view text);

}  // namespace pinnace::files
