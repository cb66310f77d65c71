#include "places/environment_places.hpp"

#include <algorithm>
#include <map>

#include "api/endpoint.hpp"
#include "base/error.hpp"
#include "files/look.hpp"

namespace pinnace::places {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using oci::ArchiveName;
using oci::LayoutName;
using oci::StoredName;

/// The same for all spellings of a file or directory, which need not be there. Throws if that can't
/// be told: a rule must not be missed because a disk failed.
fs::path one_name(const fs::path& file) {
  const fs::path name = fs::weakly_canonical(fs::absolute(file));
  return name.has_filename() ? name : name.parent_path();
}

/// The same for all spellings of a repository of a registry.
std::string one_name(const oci::Reference& reference, const config::Registries& registries) {
  const std::string& domain = reference.domain();
  return api::peer_of(api::make_endpoint(domain, registries.find(domain))) + "/" +
         reference.repository();
}

/// Whether two names (one_name()) lead to one directory, or would if it were there.
bool is_same_directory(const fs::path& a, const fs::path& b) {
  const auto at_a = files::status(a);
  const auto at_b = files::status(b);
  if (at_a && at_b) return at_a->st_dev == at_b->st_dev && at_a->st_ino == at_b->st_ino;
  if (at_a || at_b || a.filename() != b.filename()) return false;
  return is_same_directory(a.parent_path(), b.parent_path());
}

using Identity = std::pair<dev_t, ino_t>;

/// Which of the directories that are wanted, each with a path of its own, is in a tree: the path of
/// the directory below it, then its own. What others closed to us, they don't share with us.
std::optional<fs::path> find_in_tree(const fs::path& tree, const fs::path& below,
                                     const std::map<Identity, fs::path>& wanted) {
  std::error_code error;
  for (fs::directory_iterator at(tree, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error)) {
    const auto status = files::link_status(at->path());
    if (!status || !S_ISDIR(status->st_mode)) continue;
    const fs::path name = below / at->path().filename();
    if (const auto found = wanted.find({status->st_dev, status->st_ino}); found != wanted.end())
      return name / found->second;
    if (at->path().filename() == "blobs") continue;  // what a layout has there is no image's name
    if (auto deeper = find_in_tree(at->path(), name, wanted)) return deeper;
  }
  const bool is_absent =
      error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  if (error && !is_absent) base::throw_errno(error.value(), "look through " + tree.string());
  return std::nullopt;
}

/// The path of something in a part of a directory that is mounted elsewhere, too.
std::optional<std::string> below_part(const fs::path& name, const fs::path& directory) {
  std::map<Identity, fs::path> wanted;
  fs::path rest;
  for (fs::path above = name; above != above.parent_path(); above = above.parent_path()) {
    if (const auto status = files::status_of_target(above); status && S_ISDIR(status->st_mode))
      wanted.try_emplace({status->st_dev, status->st_ino}, rest);
    rest = rest.empty() ? above.filename() : above.filename() / rest;
  }
  const auto found = find_in_tree(directory, {}, wanted);
  if (!found) return std::nullopt;
  return (found->has_filename() ? *found : found->parent_path()).string();
}

/// The path of something below a directory.
std::optional<std::string> below_directory(const fs::path& name, const fs::path& directory) {
  fs::path rest = name.filename();
  for (fs::path above = name.parent_path();; above = above.parent_path()) {
    if (is_same_directory(above, directory)) return rest.string();
    if (above == above.parent_path()) return below_part(name, directory);
    rest = above.filename() / rest;
  }
}

/// What `name` is called below `place`; a directory begins with "/", a registry does not.
std::optional<std::string> below(const std::string& name, const std::string& place) {
  if (name.starts_with(place + "/")) return name.substr(place.size() + 1);
  if (!name.starts_with('/') || !place.starts_with('/')) return std::nullopt;
  return below_directory(name, place);
}

/// Images may be nested in a directory ("shop" and "shop/web"), so none is called as what a layout
/// has.
void check_layout_name(const EnvironmentName& name) {
  for (const fs::path& part : fs::path(name.image)) {
    if (part != "blobs" && part != "index.json" && part != "oci-layout") continue;
    throw Error(ErrorCode::invalid_input,
                "\"" + name.image + "\" can't be the name of an image in environment " +
                    name.environment + ", whose repository is a directory: each layout there has " +
                    part.string() + " itself; expected another name");
  }
}

std::string path_of(const oci::Reference& reference) {
  static constexpr std::string_view k_library = "library/";
  const std::string& path = reference.repository();
  const bool is_added = reference.domain() == "docker.io" && path.starts_with(k_library);
  return is_added ? path.substr(k_library.size()) : path;
}

/// A path that says the same wherever it is written is one that leads down from here.
GivenName name_of(const fs::path& path) {
  fs::path clean = path.lexically_normal();
  if (!clean.has_filename()) clean = clean.parent_path();
  const bool leads_down = clean.is_relative() && *clean.begin() != ".." && *clean.begin() != ".";
  if (leads_down) return {clean.string(), true};
  return {one_name(path).filename().string(), false};
}

}  // namespace

ImageName EnvironmentPlaces::target_of(const EnvironmentName& name) const {
  if (!oci::is_repository(name.image)) {
    throw Error(ErrorCode::invalid_input,
                "\"" + name.image + "\" can't be the name of an image in environment " +
                    name.environment +
                    ", expected a-z and 0-9 with \".\", \"_\", \"__\" or \"-\" between, and \"/\"; "
                    "promote --as NAME gives another one");
  }
  const config::Environment& environment = m_environments.get(name.environment);
  const ImageName repository = repository_of(environment);
  if (const auto* reference = std::get_if<oci::Reference>(&repository))
    return oci::Reference::parse(reference->name() + "/" + name.image);
  check_layout_name(name);
  return LayoutName{std::get<LayoutName>(repository).directory / name.image, {}, {}};
}

/// Seen from here.
ImageName EnvironmentPlaces::repository_of(const config::Environment& environment) const {
  return oci::in_directory(environment.repository, fs::path(m_environments.file()).parent_path());
}

/// Where an image is, if that can be in an environment. A directory begins with "/", a registry
/// does not.
std::optional<std::string> EnvironmentPlaces::place_of(const ImageName& name) const {
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return place_of(target_of(*held));
  if (const auto* layout = std::get_if<LayoutName>(&name))
    return one_name(layout->directory).string();
  if (const auto* archive = std::get_if<ArchiveName>(&name))
    return one_name(archive->file).string();
  if (const auto* reference = std::get_if<oci::Reference>(&name))
    return one_name(*reference, *m_registries);
  return std::nullopt;
}

/// The name in each of the nearest environments: several may be in one place.
std::vector<EnvironmentName> EnvironmentPlaces::holders(const ImageName& name) const {
  std::vector<EnvironmentName> nearest;
  const auto where = place_of(name);
  if (!where) return nearest;
  for (const std::string& key : m_environments.names()) {
    const auto image = below(*where, place_of(repository_of(m_environments.get(key))).value());
    const std::size_t shortest = nearest.empty() ? where->size() : nearest.front().image.size();
    if (!image || image->size() > shortest) continue;
    if (image->size() < shortest) nearest.clear();
    nearest.push_back({key, *image, {}, {}});
  }
  return nearest;
}

std::optional<EnvironmentName> EnvironmentPlaces::held_name(const ImageName& name) const {
  const std::vector<EnvironmentName> found = holders(name);
  if (found.empty()) return std::nullopt;
  const auto ruled = std::find_if(found.begin(), found.end(), [&](const EnvironmentName& held) {
    return m_environments.get(held.environment).has_rules();
  });
  return ruled == found.end() ? found.front() : *ruled;
}

GivenName EnvironmentPlaces::image_name(const ImageName& name) const {
  if (const auto* archive = std::get_if<ArchiveName>(&name)) {
    const bool is_named = archive->format == oci::ArchiveFormat::docker && archive->tag;
    if (is_named) return {path_of(oci::Reference::parse(*archive->tag))};
    return name_of(fs::path(archive->file).replace_extension());
  }
  if (const auto held = held_name(name)) return {held->image};
  if (const auto* held = std::get_if<EnvironmentName>(&name)) return {held->image};
  if (const auto* layout = std::get_if<LayoutName>(&name)) return name_of(layout->directory);
  if (const auto* stored = std::get_if<StoredName>(&name)) {
    throw Error(ErrorCode::invalid_input,
                stored->digest +
                    " has no name by which it could be in an environment, "
                    "expected NAME@" +
                    stored->digest + " or --as NAME");
  }
  return {path_of(std::get<oci::Reference>(name))};
}

void EnvironmentPlaces::check_unruled(const ImageName& name) const {
  check_unruled(name, to_string(name));
}

void EnvironmentPlaces::check_unruled_file(const fs::path& file) const {
  if (is_same_directory(one_name(file), one_name(m_environments.file())))
    throw Error(ErrorCode::conflict,
                file.string() + " has the rules of environments, expected another file");
  check_unruled(LayoutName{file, {}, {}}, file.string());
}

void EnvironmentPlaces::check_unruled(const ImageName& name, const std::string& shown) const {
  const auto held = held_name(name);
  if (!held || !m_environments.get(held->environment).has_rules()) return;
  throw Error(ErrorCode::conflict,
              shown + " is in environment " + held->environment +
                  ", which has rules; only a promotion keeps them (pinnace promote REF --to " +
                  held->environment + "; with --repair it sends again what is lost there)");
}

void EnvironmentPlaces::check_inside(const EnvironmentName& name) const {
  bool is_inside = false;
  std::string other;
  for (const EnvironmentName& held : holders(name)) {
    const bool is_own = held.environment == name.environment;
    is_inside = is_inside || is_own;
    if (!is_own && (other.empty() || m_environments.get(held.environment).has_rules()))
      other = held.environment;
  }
  if (is_inside && (other.empty() || !m_environments.get(other).has_rules())) return;
  const std::string rest =
      other.empty() ? " leads out of environment " + name.environment + " by a link"
                    : " is in environment " + other + (is_inside ? ", too, whose rules bind" : "");
  throw Error(ErrorCode::conflict, to_string(name) + rest + "; expected a place in environment " +
                                       name.environment + " that is in no other one");
}

}  // namespace pinnace::places
