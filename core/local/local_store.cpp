#include "local/local_store.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "files/directory.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "files/temporary.hpp"
#include "local/detached.hpp"

namespace pinnace::local {

namespace {

constexpr std::string_view k_marker_text =
    "Pinnace keeps a local store in this directory, and `pinnace gc` removes files here.\n";

std::string_view first_name(std::string_view path) {
  return path.substr(0, path.find('/'));
}

/// Whether something in the directory of a store that does not say so, as those of older versions
/// don't, may be the store's.
bool may_be_ours(const files::Directory& store, const std::string& name) {
  if (files::is_own_name(name) || name == "lost+found") return true;
  const std::filesystem::path path = store.path() / name;
  if (name == LocalStore(store.path()).at(Part::images).filename())
    return files::link_status(path / "oci-layout").has_value();
  if (name == LocalStore(store.path()).at(Part::containers).filename()) {
    const auto names = files::Directory(path).names();
    return std::all_of(names.begin(), names.end(), detached::is_id);
  }
  return std::any_of(k_parts.begin(), k_parts.end(),
                     [&](const PartInfo& part) { return first_name(part.path) == name; });
}

/// The first name in a directory that no store has; nullopt: it is one, or empty.
std::optional<std::string> foreign_name(const files::Directory& directory) {
  const auto names = directory.names();
  // Another process may have claimed it since the first look.
  if (std::find(names.begin(), names.end(), k_marker) != names.end()) return std::nullopt;
  const auto found = std::find_if_not(names.begin(), names.end(), [&](const std::string& name) {
    return may_be_ours(directory, name);
  });
  return found == names.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::filesystem::path LocalStore::at(Part part) const {
  const auto info = std::find_if(k_parts.begin(), k_parts.end(),
                                 [&](const PartInfo& one) { return one.part == part; });
  return m_directory / info->path;
}

void LocalStore::check() const {
  if (m_directory.empty())
    throw base::Error(base::ErrorCode::invalid_input,
                      "the local store has no name, expected a directory");
  if (files::link_status(m_directory / k_marker) || !files::exists(m_directory)) return;
  if (const auto foreign = foreign_name(files::Directory(m_directory))) {
    throw base::Error(
        base::ErrorCode::invalid_input,
        m_directory.string() + " is no local store of Pinnace, and not empty (it has \"" +
            *foreign +
            "\"): nothing is written or removed there; choose another directory (--store, "
            "PINNACE_STORE), or, if all that is there is a store's, make an empty file " +
            k_marker + " in it");
  }
}

void LocalStore::claim() const {
  check();
  const std::filesystem::path marker = m_directory / k_marker;
  if (files::link_status(marker)) return;
  try {
    files::make_directories(m_directory);
    files::write_file_atomically(marker, k_marker_text);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): whoever writes there tells, if it
                                  // matters
  }
}

}  // namespace pinnace::local
