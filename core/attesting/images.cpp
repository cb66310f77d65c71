#include "attesting/images.hpp"

#include <algorithm>

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

void count_read(std::size_t& read, const hash::Digest& index) {
  if (read++ < k_max_read) return;
  throw Error(ErrorCode::invalid_input, index.str() + " and the like list more than " +
                                            std::to_string(k_max_read) + " manifests");
}

struct Listing {
  int depth;
  std::size_t& read;
  std::vector<oci::Descriptor>& images;
};

void add_images(const base::Context& context, store::BlobStore& store,
                const oci::RawManifest& index, Listing to) {
  for (const oci::Descriptor& child : oci::Index::parse(index).manifests) {
    if (oci::media_type::is_index(child.media_type) && to.depth < k_max_depth) {
      count_read(to.read, index.digest);
      add_images(context, store, store::get_child(store, context, child),
                 {to.depth + 1, to.read, to.images});
    } else if (oci::media_type::is_manifest(child.media_type) && !is_called_unknown(child)) {
      if (to.images.size() == k_max_images) fail_of_images(index.digest);
      to.images.push_back(child);
    }
  }
}

class Walk {
 public:
  Walk(const base::Context& context, store::BlobStore& store, const hash::Digest& root,
       const std::function<void(const ListedImage&)>& visit)
      : m_context(context), m_store(store), m_visit(visit), m_root(root) {}

  void add(const oci::RawManifest& raw, const Texts& above, int depth) {
    oci::Index index = oci::Index::parse(raw);
    Texts annotations = std::move(index.annotations);
    annotations.insert(above.begin(), above.end());
    for (const oci::Descriptor& child : index.manifests) {
      m_context.check();
      if (oci::media_type::is_manifest(child.media_type)) {
        add_manifest(read(raw, child), child, annotations);
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

  std::vector<std::string> take_unseen() { return std::move(m_unseen); }

 private:
  oci::RawManifest read(const oci::RawManifest& index, const oci::Descriptor& child) {
    count_read(m_read, index.digest);
    return store::get_child(m_store, m_context, child);
  }

  void add_manifest(oci::RawManifest raw, const oci::Descriptor& child, const Texts& annotations) {
    if (is_none(oci::Manifest::parse(raw), child)) return;
    if (m_images++ == k_max_images) fail_of_images(m_root);
    m_visit({std::move(raw), child.platform ? child.platform->str() : "", annotations});
  }

  const base::Context& m_context;
  store::BlobStore& m_store;
  const std::function<void(const ListedImage&)>& m_visit;
  hash::Digest m_root;
  std::vector<std::string> m_unseen;
  std::size_t m_read = 0;
  std::size_t m_images = 0;
};

}  // namespace

std::vector<oci::Descriptor> images_of(const base::Context& context, store::BlobStore& store,
                                       const oci::RawManifest& index) {
  std::vector<oci::Descriptor> images;
  std::size_t read = 0;
  add_images(context, store, index, {1, read, images});
  return images;
}

std::vector<std::string> for_each_image(const base::Context& context, store::BlobStore& store,
                                        const oci::RawManifest& index,
                                        const std::function<void(const ListedImage&)>& visit) {
  Walk walk(context, store, index.digest, visit);
  walk.add(index, {}, 1);
  return walk.take_unseen();
}

}  // namespace pinnace::attesting
