#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "files/file.hpp"

namespace pinnace::base {
struct Context;
}

namespace pinnace::userfile {

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
  /// Throws io, also for a FIFO that nobody reads: it isn't waited for. `context` must live as long
  /// as the file.
  OutputFile(const base::Context& context, const OutputPlace& place);

  /// Waits for a reader that is slow. Throws cancelled.
  void write(base::Bytes bytes) override;
  void commit();

 private:
  void wait_for_room() const;

  const base::Context& m_context;
  std::filesystem::path m_path;
  std::optional<files::AtomicFile> m_file;
  files::UniqueFd m_stream;
  std::size_t m_most = 0;  ///< bytes that can be written at once where there is room for any
};

/// Writes `text` to a file that a user named.
void write_output_file(const base::Context& context, const std::filesystem::path& path,
                       std::string_view text);

}  // namespace pinnace::userfile
