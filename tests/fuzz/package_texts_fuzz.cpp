#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "packages/apk.hpp"
#include "packages/dpkg.hpp"
#include "packages/gem.hpp"
#include "packages/npm.hpp"
#include "packages/os_release.hpp"
#include "packages/python.hpp"

namespace {

using namespace pinnace::packages;

void check(const Found& found) {
  for (const Package& package : found.packages) {
    if (package.name.empty() || package.name.size() > k_max_text) std::abort();
    (void)purl(package, {});
    for (const FilePath& file : package.files) {
      if (unescaped(escaped(file.bytes)) != file.bytes) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = pinnace::base::as_text(std::as_bytes(std::span(data, size)));
  for (const auto read : {read_dpkg_status, read_apk_installed, read_gemspec, read_package_json,
                          read_python_metadata})
    check(read(text));
  for (const auto read :
       {read_dpkg_list, read_dpkg_md5sums, read_python_record, read_installed_files}) {
    try {
      (void)read(text);
    } catch (const pinnace::base::Error&) {
    }
  }
  (void)read_debian_copyright(text);
  (void)read_os_release(text);
  return 0;
}
