#include "disk/layout_files.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/error.hpp"
#include "disk/layout_index.hpp"
#include "files/file.hpp"
#include "files/temporary.hpp"
#include "json/json.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;

void check_layout_version(const std::string& text, const std::string& what) {
  const auto json = json::parse(text, what);
  const std::string version = json::Node(json, what).object().field("imageLayoutVersion").text();
  if (version.starts_with("1.")) return;
  throw Error(ErrorCode::unsupported,
              what + " has imageLayoutVersion \"" + version.substr(0, 40) + "\", expected 1.x");
}

std::optional<std::string> read_small(const files::Directory& directory, const char* name,
                                      std::size_t limit) {
  const auto status = directory.status(name);
  if (!status) return std::nullopt;
  const std::string path = (directory.path() / name).string();
  if (S_ISLNK(status->st_mode)) {
    throw Error(ErrorCode::invalid_input,
                path +
                    " is a symbolic link, and none is followed in a layout; copy it without "
                    "links (cp -RL)");
  }
  if (!S_ISREG(status->st_mode)) {
    throw Error(ErrorCode::invalid_input, path + " is not a regular file");
  }
  files::FileSource source(directory.open(name, files::Directory::Links::refuse), path);
  return base::read_all(source, limit, path);
}

bool holds_layouts_only(const files::Directory& directory, std::size_t depth) {
  constexpr std::size_t k_max_depth = 32;
  if (depth > k_max_depth) return false;
  const auto names = directory.names();
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    if (files::is_own_name(name)) return true;
    const auto status = directory.status(name);
    if (!status || !S_ISDIR(status->st_mode)) return false;
    const files::Directory below = directory.open_directory(name, files::Directory::Links::refuse);
    return below.status(k_layout_file) || holds_layouts_only(below, depth + 1);
  });
}

void write_layout_files(const std::filesystem::path& directory) {
  files::write_file_atomically(directory / k_layout_file, k_layout_text);
  files::write_file_atomically(directory / k_index_file, LayoutIndex().text());
}

}  // namespace pinnace::disk
