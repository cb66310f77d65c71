#include "definition/definition.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "definition/artifact_rule.hpp"
#include "definition/image_config.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "text/path.hpp"
#include "yaml/document.hpp"

namespace pinnace::definition {

using base::ErrorCode;
using base::quote;
using yaml::Node;

namespace {

constexpr int k_version = 1;

void check_version(const Node& root) {
  if (root.is_null())
    root.fail("the file is empty, expected a definition with version: 1 and base");
  const Node version = root.get("version");
  if (version.integer(0, INT32_MAX) == k_version) return;
  version.fail("version " + version.text() + " of the format is not known; known is 1",
               ErrorCode::unsupported);
}

/// Keys that the design has but this version does not: better than "unknown key".
void check_unsupported(const Node& root) {
  for (const auto& [key, value] : root.entries()) {
    if (key.text() == "packages") {
      key.fail("packages are not supported by this version", ErrorCode::unsupported);
    }
  }
}

std::optional<NamedImage> read_base(const Node& node) {
  std::string base = node.name();
  if (base == "scratch") return std::nullopt;
  return NamedImage::parse(std::move(base), node.position());
}

std::vector<oci::Platform> read_platforms(const Node& node) {
  std::vector<oci::Platform> platforms;
  for (const Node& item : node.items()) {
    oci::Platform platform =
        item.convert([](const std::string& text) { return oci::Platform::parse(text); });
    if (std::find(platforms.begin(), platforms.end(), platform) != platforms.end()) {
      item.fail("platform " + platform.str() + " is here twice");
    }
    platforms.push_back(std::move(platform));
  }
  if (platforms.empty()) node.fail("expected at least one platform, as linux/amd64");
  return platforms;
}

void read_rest(const Node& root, Definition& definition) {
  if (const auto node = root.find("artifacts"); node && !node->is_null()) {
    for (const Node& item : node->items()) definition.artifacts.push_back(read_artifact(item));
  }
  if (const auto node = root.find("ignore")) {
    node->name();
    definition.ignore =
        node->convert([](const std::string& text) { return text::relative_path(text, "ignore"); });
  }
  if (const auto node = root.find("config"); node && !node->is_null()) {
    definition.config = read_image_config(*node);
  }
  if (const auto node = root.find("platforms")) definition.platforms = read_platforms(*node);
  if (const auto node = root.find("compression")) {
    definition.compression = node->name();
    definition.compression_position = node->position();
  }
  if (const auto node = root.find("annotations"); node && !node->is_null()) {
    definition.annotations = read_texts(*node);
  }
  if (const auto node = root.find("environments")) definition.environments = node->name();
}

}  // namespace

Definition parse_definition(std::string_view text, const std::string& file) {
  const Node root = yaml::parse(text, file);
  check_version(root);
  check_unsupported(root);
  root.only({"version", "base", "artifacts", "ignore", "config", "platforms", "compression",
             "annotations", "environments"});
  Definition definition;
  definition.file = file;
  definition.base = read_base(root.get("base"));
  read_rest(root, definition);
  return definition;
}

Definition load_definition(const std::filesystem::path& file) {
  files::refuse_link_out(file);
  return parse_definition(files::read_file(file, yaml::k_max_document), file.string());
}

}  // namespace pinnace::definition
