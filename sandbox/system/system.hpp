#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::sandbox {

/// Throws the text of errno after `what` if `result` is negative; gives it back otherwise.
template <class Number>
Number require(Number result, const std::string& what);

/// mount(2); `options` is the file system's own. Throws io.
void mount(const std::string& source, const std::string& target, const char* type,
           unsigned long flags, const std::string& options = {});
/// A new /proc, of our own processes only. Throws unsupported, with the remedy.
void mount_proc();
void make_directory(const std::string& path, mode_t mode = 0755);
void write_file(const std::string& path, std::string_view text, mode_t mode = 0644);
void write_all(int fd, std::string_view text);
/// Closes what was written to: some file systems (NFS) tell only then that it was not. Throws io.
void close_written(files::UniqueFd fd, const std::string& shown);

struct Pipe {
  files::UniqueFd reading;
  files::UniqueFd writing;
};
Pipe make_pipe();

/// A child of this process, which has one thread.
class Program {
 public:
  /// Starts `arguments` with the given descriptors as 0, 1, 2 and so on (negative: /dev/null). The
  /// kernel kills it when this process ends.
  Program(const std::vector<std::string>& arguments, const std::string& path,
          const std::vector<int>& descriptors);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  pid_t pid() const noexcept { return m_pid; }
  /// Waits for its end: the exit code, or 128 and the number of the signal.
  int wait();

 private:
  pid_t m_pid = -1;
};

/// Runs a program to its end; what it wrote on its standard error goes into the message of the io
/// error if it fails.
void run_program(const std::vector<std::string>& arguments, const std::string& path);

/// Waits for the end of a child: its exit code, or 128 and the number of the signal. Throws io.
int wait_for(pid_t child);

}  // namespace pinnace::sandbox

template <class Number>
Number pinnace::sandbox::require(Number result, const std::string& what) {
  if (result < 0) base::throw_errno(errno, what);
  return result;
}
