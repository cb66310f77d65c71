#pragma once

#include <sys/resource.h>

#include <cerrno>
#include <system_error>

namespace pinnace::test_support {

/// While it lives, this process can open nothing more: EMFILE, whoever it runs as.
class NoDescriptors {
 public:
  NoDescriptors() {
    // What UBSan finds out of a type with pipes it remembers.
    (void)std::generic_category().message(EMFILE);
    ::getrlimit(RLIMIT_NOFILE, &m_before);
    rlimit none = m_before;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &m_before); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit m_before{};
};

}  // namespace pinnace::test_support
