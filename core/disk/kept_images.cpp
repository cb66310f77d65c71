#include "disk/kept_images.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "disk/docker_archive.hpp"

namespace pinnace::disk {

using base::Error;
using base::ErrorCode;
using oci::Descriptor;

namespace {

constexpr std::size_t k_max_depth = 8;
constexpr std::size_t k_max_manifests = 10'000;

/// Gathers the files of images of an archive.
class Gathering {
 public:
  Gathering(const base::Context& context, ArchiveReader& old) : m_context(context), m_old(old) {}

  /// A manifest and all below; what the archive lacks was never there.
  void add(const Descriptor& entry, std::size_t depth = 0);
  std::map<std::string, KeptFile> take() { return std::move(m_files); }

 private:
  void add_blob(const Descriptor& blob);

  const base::Context& m_context;
  ArchiveReader& m_old;
  std::map<std::string, KeptFile> m_files;
  std::size_t m_manifests = 0;
};

void Gathering::add_blob(const Descriptor& blob) {
  if (!m_old.has_blob(m_context, blob)) return;
  m_files[layout_path(blob.digest)] = {blob.size, [this_context = &m_context, old = &m_old, blob] {
                                         return old->open_blob(*this_context, blob);
                                       }};
}

void Gathering::add(const Descriptor& entry, std::size_t depth) {
  const std::string path = layout_path(entry.digest);
  if (m_files.contains(path)) return;
  if (depth > k_max_depth || ++m_manifests > k_max_manifests)
    throw Error(ErrorCode::invalid_input, "it has more than " + std::to_string(k_max_depth) +
                                              " levels or " + std::to_string(k_max_manifests) +
                                              " manifests");
  const auto raw = m_old.find_manifest(m_context, entry.digest.str());
  if (!raw) return;
  m_files[path] = {raw->bytes.size(),
                   [bytes = raw->bytes] { return std::make_unique<base::StringSource>(bytes); }};
  if (raw->is_index()) {
    for (const Descriptor& child : oci::Index::parse(*raw).manifests) {
      oci::media_type::is_any_manifest(child.media_type) ? add(child, depth + 1) : add_blob(child);
    }
    return;
  }
  const oci::Manifest manifest = oci::Manifest::parse(*raw);
  add_blob(manifest.config);
  for (const Descriptor& layer : manifest.layers) add_blob(layer);
}

/// As the writer has it: docker's tags are whole names.
std::string name_of(const Descriptor& entry, oci::ArchiveFormat format) {
  const auto annotation = [&](const char* key) {
    const auto found = entry.annotations.find(key);
    return found == entry.annotations.end() ? std::string() : found->second;
  };
  const std::string tag = annotation(k_ref_name);
  if (format == oci::ArchiveFormat::oci || tag.empty()) return tag;
  const std::string whole = annotation(k_image_name);
  const std::string name = whole.empty() ? tag : whole;
  if (whole_name(name) == name) return name;
  throw Error(ErrorCode::conflict,
              "it has the tag " + name + ", which is no whole name as docker load wants it");
}

}  // namespace

KeptImages keep_images(const base::Context& context, ArchiveReader& old, LayoutIndex fresh,
                       oci::ArchiveFormat format) {
  const std::vector<std::string> taken = fresh.tags();
  Gathering gathering(context, old);
  std::size_t untagged = 0;
  for (Descriptor entry : old.index().entries()) {
    context.check();
    const std::string name = name_of(entry, format);
    if (name.empty() && !fresh.find_digest(entry.digest)) ++untagged;
    if (name.empty() || std::find(taken.begin(), taken.end(), name) != taken.end()) continue;
    entry.annotations[k_ref_name] = name;
    gathering.add(entry);
    fresh.keep(entry);
  }
  if (untagged != 0)
    context.log(old.where() + " had " + std::to_string(untagged) +
                " images without a tag, which are not kept");
  return {std::move(fresh), gathering.take()};
}

}  // namespace pinnace::disk
