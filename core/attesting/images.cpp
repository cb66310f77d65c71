#include "attesting/images.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "oci/image_platform.hpp"
#include "signing/statement.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::attesting {

using base::Error;
using base::ErrorCode;
using Texts = std::map<std::string, std::string>;

namespace {

constexpr int k_max_depth = 8;
/// Images, what is attached to them, and indexes.
constexpr std::size_t k_max_read = 1000;

bool is_called_unknown(const oci::Descriptor& child) {
  return child.platform && child.platform->os == "unknown";
}

/// What nobody takes for an image: what BuildKit attaches, and artifacts that say no platform.
/// Whatever has files is one, however it is called.
bool is_none(const oci::Manifest& manifest, const oci::Descriptor& child) {
  if (!child.platform) return !oci::is_image(manifest);
  if (!is_called_unknown(child)) return false;
  const auto is_statement = [](const oci::Descriptor& layer) {
    return layer.media_type == signing::k_statement_media_type;
  };
  return !oci::is_image(manifest) ||
         (!manifest.layers.empty() &&
          std::all_of(manifest.layers.begin(), manifest.layers.end(), is_statement));
}

[[noreturn]] void fail_of_images(const hash::Digest& index) {
  throw Error(ErrorCode::invalid_input,
              index.str() + " has more than " + std::to_string(k_max_images) + " images");
}

/// Goes through what an index lists, also through other indexes.
class Walk {
 public:
  /// Of each manifest that is none of an index: who lists it, its entry there, and the annotations
  /// of the indexes above.
  using Visit = std::function<void(const oci::RawManifest& index, const oci::Descriptor& child,
                                   const Texts& annotations)>;

  Walk(const base::Context& context, store::BlobStore& store, Visit visit)
      : m_context(context), m_store(store), m_visit(std::move(visit)) {}

  void add(const oci::RawManifest& raw, const Texts& above, int depth) {
    oci::Index index = oci::Index::parse(raw);
    Texts annotations = std::move(index.annotations);
    annotations.insert(above.begin(), above.end());
    for (const oci::Descriptor& child : index.manifests) {
      m_context.check();
      if (oci::media_type::is_manifest(child.media_type)) {
        m_visit(raw, child, annotations);
      } else if (!oci::media_type::is_index(child.media_type)) {
        m_unseen.push_back(raw.digest.str() + " lists " + child.digest.str() + " of the type " +
                           base::quote(child.media_type) + ", which is no image that is known");
      } else if (depth == k_max_depth) {
        m_unseen.push_back(raw.digest.str() + " lists an index " + child.digest.str() +
                           ", deeper than " + std::to_string(k_max_depth) + " indexes");
      } else {
        add(read(raw, child), annotations, depth + 1);
      }
    }
  }

  oci::RawManifest read(const oci::RawManifest& index, const oci::Descriptor& child) {
    if (m_read++ >= k_max_read)
      throw Error(ErrorCode::invalid_input, index.digest.str() + " and the like list more than " +
                                                std::to_string(k_max_read) + " manifests");
    return store::get_child(m_store, m_context, child);
  }

  std::vector<std::string> take_unseen() { return std::move(m_unseen); }

 private:
  const base::Context& m_context;
  store::BlobStore& m_store;
  Visit m_visit;
  std::vector<std::string> m_unseen;
  std::size_t m_read = 0;
};

}  // namespace

std::vector<oci::Descriptor> images_of(const base::Context& context, store::BlobStore& store,
                                       const oci::RawManifest& index) {
  std::vector<oci::Descriptor> images;
  Walk walk(context, store, [&](const auto& parent, const auto& child, const Texts&) {
    if (is_called_unknown(child)) return;
    if (images.size() == k_max_images) fail_of_images(parent.digest);
    images.push_back(child);
  });
  walk.add(index, {}, 1);
  return images;
}

std::vector<std::string> for_each_image(const base::Context& context, store::BlobStore& store,
                                        const oci::RawManifest& index,
                                        const std::function<void(const ListedImage&)>& visit) {
  std::size_t images = 0;
  Walk walk(context, store, [&](const auto& parent, const auto& child, const Texts& annotations) {
    oci::RawManifest raw = walk.read(parent, child);
    if (is_none(oci::Manifest::parse(raw), child)) return;
    if (images++ == k_max_images) fail_of_images(index.digest);
    visit({std::move(raw), child.platform ? child.platform->str() : "", annotations});
  });
  walk.add(index, {}, 1);
  return walk.take_unseen();
}

}  // namespace pinnace::attesting
