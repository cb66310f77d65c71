#include "definition/lock.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"
#include "oci/media_type.hpp"
#include "oci/platform.hpp"
#include "yaml/document.hpp"

namespace pinnace::definition {

using base::ErrorCode;
using base::quote;
using yaml::Node;

namespace {

constexpr std::size_t k_max_lock = std::size_t{4} << 20;
constexpr std::int64_t k_last_second = 253402300799;  // the end of the year 9999, RFC 3339's last

/// git's markers would only give "broken JSON".
void check_conflict(std::string_view text, const std::string& file) {
  std::string_view rest = text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::string_view current = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), current.size() + 1));
    if (current.starts_with("<<<<<<< ") || current.starts_with(">>>>>>> ")) {
      text::fail_at(
          {file, line, 1},
          "a merge conflict is not resolved; take either side and run `pinnace pin`, which "
          "completes it");
    }
  }
}

void check_version(const Node& root) {
  if (root.kind() != Node::Kind::map) root.fail("expected a lock: an object with \"version\": 1");
  const Node version = root.get("version");
  const std::int64_t number = version.integer(0, INT32_MAX);
  if (number == k_lock_version) return;
  version.fail("version " + std::to_string(number) + " of the lock is not known; known is 1",
               ErrorCode::unsupported);
}

std::uint64_t read_size(const Node& node) {
  return static_cast<std::uint64_t>(node.integer(0, INT64_MAX));
}

hash::Digest read_digest(const Node& node) {
  return node.convert([](const std::string& text) { return hash::Digest::parse(text); });
}

LockedManifest read_manifest(const Node& node) {
  node.only({"digest", "mediaType", "size"});
  return {read_digest(node.get("digest")), read_size(node.get("size")),
          node.get("mediaType").name()};
}

void read_platforms(const Node& node, LockedImage& image) {
  for (const auto& [key, value] : node.entries()) {
    const std::string written = key.text();
    const std::string platform =
        key.convert([](const std::string& text) { return oci::Platform::parse(text).str(); });
    if (platform != written)
      key.fail("expected platform " + quote(platform) + ", found " + quote(written));
    image.platforms.emplace(written, read_manifest(value));
  }
  if (image.platforms.empty()) node.fail("expected at least one platform");
}

/// An image that is no index is the manifest of its platform.
void check_manifest(const Node& node, const LockedImage& image) {
  if (oci::media_type::is_index(image.media_type)) return;
  const LockedManifest own{image.digest, image.size, image.media_type};
  if (image.platforms.size() == 1 && image.platforms.begin()->second == own) return;
  node.fail("expected one platform, with the digest, size and media type of " + quote(image.name) +
            ", which is no index");
}

LockedImage read_image(const Node& node) {
  node.only({"digest", "mediaType", "name", "platforms", "size"});
  LockedImage image{node.get("name").name(),
                    read_digest(node.get("digest")),
                    node.get("mediaType").name(),
                    read_size(node.get("size")),
                    {}};
  read_platforms(node.get("platforms"), image);
  check_manifest(node.get("platforms"), image);
  return image;
}

void read_images(const Node& node, Lock& lock) {
  for (const Node& item : node.items()) {
    LockedImage image = read_image(item);
    if (!lock.images.empty() && image.name <= lock.images.back().name) {
      item.fail("image " + quote(image.name) + " must stand " +
                (image.name == lock.images.back().name ? "here once" : "before the one above it") +
                ": images are sorted by name");
    }
    lock.images.push_back(std::move(image));
  }
}

/// Each is a name in the lock's own directory.
void read_definitions(const Node& node, Lock& lock) {
  for (const Node& item : node.items()) {
    const std::string name = item.name();
    if (name.find('/') != std::string::npos || name == "." || name == "..")
      item.fail("expected the name of a file beside the lock");
    if (!lock.definitions.empty() && name <= lock.definitions.back())
      item.fail("definitions are sorted by name, and each stands here once");
    lock.definitions.push_back(name);
  }
}

nlohmann::json manifest_json(const hash::Digest& digest, std::uint64_t size,
                             const std::string& type) {
  return {{"digest", digest.str()}, {"size", size}, {"mediaType", type}};
}

nlohmann::json image_json(const LockedImage& image) {
  nlohmann::json json = manifest_json(image.digest, image.size, image.media_type);
  json["name"] = image.name;
  nlohmann::json& platforms = json["platforms"] = nlohmann::json::object();
  for (const auto& [platform, manifest] : image.platforms) {
    platforms[platform] = manifest_json(manifest.digest, manifest.size, manifest.media_type);
  }
  return json;
}

}  // namespace

const LockedImage* Lock::find(std::string_view name) const {
  const auto found = std::find_if(images.begin(), images.end(),
                                  [&](const LockedImage& image) { return image.name == name; });
  return found == images.end() ? nullptr : &*found;
}

Lock parse_lock(std::string_view text, const std::string& file) {
  check_conflict(text, file);
  const Node root = yaml::parse_json(text, file, k_max_lock);
  check_version(root);
  root.only({"created", "definitions", "encoder", "images", "version"});
  Lock lock;
  lock.encoder = root.get("encoder").name();
  if (const Node created = root.get("created"); !created.is_null()) {
    lock.created = created.integer(0, k_last_second);
  }
  read_images(root.get("images"), lock);
  if (const auto definitions = root.find("definitions")) read_definitions(*definitions, lock);
  return lock;
}

Lock load_lock(const std::filesystem::path& file) {
  return parse_lock(files::read_file(file, k_max_lock), file.string());
}

std::string lock_text(const Lock& lock) {
  std::vector<LockedImage> images = lock.images;
  std::sort(images.begin(), images.end(),
            [](const LockedImage& a, const LockedImage& b) { return a.name < b.name; });
  nlohmann::json json = {
      {"version", k_lock_version}, {"encoder", lock.encoder}, {"created", nullptr}};
  if (lock.created) json["created"] = *lock.created;
  nlohmann::json& list = json["images"] = nlohmann::json::array();
  for (const LockedImage& image : images) list.push_back(image_json(image));
  if (!lock.definitions.empty()) json["definitions"] = lock.definitions;
  try {
    return json.dump(2) + "\n";
  } catch (const nlohmann::json::exception&) {
    throw base::Error(ErrorCode::invalid_input, "a name in the lock is not valid UTF-8");
  }
}

}  // namespace pinnace::definition
