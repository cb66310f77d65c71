#include "userfile/output_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <limits>

#include "base/context.hpp"
#include "base/error.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"

namespace pinnace::userfile {

namespace fs = std::filesystem;

namespace {

constexpr int k_most_links = 40;  // as the kernel has it

/// The number in /dev/fd/3 or /proc/self/fd/3.
std::optional<int> descriptor_of(const fs::path& path) {
  const fs::path directory = path.parent_path();
  if (directory != "/dev/fd" && directory != "/proc/self/fd") return std::nullopt;
  const std::string name = path.filename().string();
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  return number;
}

/// Of what is no link.
OutputPlace place_at(fs::path path, mode_t mode) {
  const char* kind = S_ISDIR(mode) ? " is a directory" : S_ISSOCK(mode) ? " is a socket" : nullptr;
  if (kind != nullptr)
    throw base::Error(base::ErrorCode::invalid_input,
                      path.string() + kind + ", expected a file to write");
  return {std::move(path), !S_ISREG(mode)};
}

files::UniqueFd open_stream(const fs::path& path) {
  // The descriptor itself: opened anew, a file would be written from its beginning.
  const auto number = descriptor_of(path);
  files::UniqueFd fd(number ? ::fcntl(*number, F_DUPFD_CLOEXEC, 0)
                            : ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (fd) return fd;
  if (errno == ENXIO)
    throw base::Error(
        base::ErrorCode::io,
        "open " + path.string() + ": nobody reads it, expected a reader that was started before");
  base::throw_errno(errno, "open " + path.string());
}

/// What a pipe, a socket or a terminal takes without making us wait, once it takes anything.
std::size_t most_at_once(const files::UniqueFd& fd) {
  struct stat status {};
  const bool is_file = ::fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode);
  return is_file ? std::numeric_limits<std::size_t>::max() : PIPE_BUF;
}

}  // namespace

OutputPlace output_place(fs::path path) {
  for (int links = 0; links < k_most_links; ++links) {
    if (descriptor_of(path)) return {std::move(path), true};
    const auto found = files::link_status(path);
    if (!found) return {std::move(path), false};
    if (!S_ISLNK(found->st_mode)) return place_at(std::move(path), found->st_mode);
    std::error_code error;
    fs::path next = path.parent_path() / fs::read_symlink(path, error);
    if (error) base::throw_errno(error.value(), "read the link " + path.string());
    // A link of /proc leads to what may have no name.
    const auto there = files::link_status(next) ? std::nullopt : files::status_of_target(path);
    if (there) return place_at(std::move(path), there->st_mode);
    path = std::move(next);
  }
  base::throw_errno(ELOOP, "open " + path.string());
}

OutputFile::OutputFile(const base::Context& context, const OutputPlace& place)
    : m_context(context), m_path(place.path) {
  if (place.is_stream) {
    m_stream = open_stream(place.path);
    m_most = most_at_once(m_stream);
  } else {
    m_file.emplace(place.path);
    files::remove_abandoned_beside(place.path);
  }
}

void OutputFile::wait_for_room() const {
  constexpr int k_look = 100;  // milliseconds
  pollfd room{m_stream.get(), POLLOUT, 0};
  int ready = 0;
  do {
    m_context.check();
    ready = ::poll(&room, 1, k_look);
  } while (ready == 0 || (ready < 0 && errno == EINTR));
}

void OutputFile::write(base::Bytes bytes) {
  if (m_file) return m_file->write(bytes);
  while (!bytes.empty()) {
    // Others may have the descriptor, too, so that it stays blocking or not as it is.
    wait_for_room();
    const std::size_t most = std::min(m_most, bytes.size());
    const ssize_t size = ::write(m_stream.get(), bytes.data(), most);
    if (size >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    } else if (errno != EAGAIN && errno != EINTR) {
      base::throw_errno(errno, "write " + m_path.string());
    }
  }
}

void OutputFile::commit() {
  if (m_file) m_file->commit();
  m_stream.reset();
}

void write_output_file(const base::Context& context, const fs::path& path, std::string_view text) {
  OutputFile file(context, output_place(path));
  file.write(base::as_bytes(text));
  file.commit();
}

}  // namespace pinnace::userfile
