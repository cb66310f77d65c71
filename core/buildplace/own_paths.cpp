#include "buildplace/own_paths.hpp"

#include <optional>

#include "base/error.hpp"
#include "files/look.hpp"
#include "userfile/output_file.hpp"

namespace pinnace::buildplace {

namespace {

namespace fs = std::filesystem;

/// The same for all spellings; empty where that can't be told, which is for whoever opens it.
fs::path one_name(const fs::path& file) {
  std::error_code error;
  const fs::path name = fs::weakly_canonical(fs::absolute(file, error), error);
  return error || name.has_filename() ? name : name.parent_path();
}

std::optional<fs::path> place_of(places::Access& access, const oci::ImageName& name) {
  if (const auto* held = std::get_if<oci::EnvironmentName>(&name))
    return place_of(access, access.environments().target_of(*held));
  if (const auto* layout = std::get_if<oci::LayoutName>(&name)) return layout->directory;
  const auto* archive = std::get_if<oci::ArchiveName>(&name);
  if (archive == nullptr) return std::nullopt;
  userfile::OutputPlace place = userfile::output_place(archive->file);
  return place.is_stream ? std::nullopt : std::optional(std::move(place.path));
}

/// Where an image is, if that is a file or directory that stays. What can't be is told by whoever
/// opens it.
std::optional<fs::path> file_of(places::Access& access, const oci::ImageName& name) {
  try {
    return place_of(access, name);
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> own_paths(const base::Context& context, places::Access& access,
                                   const OwnPlaces& own) {
  const fs::path root = one_name(own.context);
  std::vector<std::string> paths;
  const auto add = [&](const fs::path& file) {
    const fs::path inside = one_name(file).lexically_relative(root);
    const bool is_below = !inside.empty() && inside != "." && *inside.begin() != "..";
    if (is_below) paths.push_back(inside.string());
    if (is_below && files::link_status(root / inside))
      context.log(inside.string() + " is written by Pinnace, and left out of the context");
    return inside != ".";
  };
  add(access.store_directory());
  if (own.result) add(userfile::output_place(*own.result).path);
  for (const oci::ImageName& name : own.written) {
    const auto file = file_of(access, name);
    if (!file || add(*file)) continue;
    throw base::Error(base::ErrorCode::invalid_input,
                      to_string(name) +
                          " is the context itself, whose files the image may have; "
                          "expected another directory");
  }
  for (const oci::ImageName& name : own.read) {
    if (const auto file = file_of(access, name)) add(*file);
  }
  return paths;
}

}  // namespace pinnace::buildplace
