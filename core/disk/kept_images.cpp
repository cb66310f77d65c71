#include "disk/kept_images.hpp"

#include <algorithm>
#include <iterator>
#include <list>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "disk/docker_archive.hpp"
#include "store/verified.hpp"

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
  bool has(const hash::Digest& digest) const { return m_files.contains(layout_path(digest)); }
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
    const oci::Index index = oci::Index::parse(*raw);
    if (index.subject) add(*index.subject, depth + 1);
    for (const Descriptor& child : index.manifests) {
      oci::media_type::is_any_manifest(child.media_type) ? add(child, depth + 1) : add_blob(child);
    }
    return;
  }
  const oci::Manifest manifest = oci::Manifest::parse(*raw);
  if (manifest.subject) add(*manifest.subject, depth + 1);
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
  const std::string whole = annotation(k_image_name);
  if (format == oci::ArchiveFormat::oci) return tag.empty() ? whole : tag;
  const std::string name = whole.empty() ? tag : whole;
  if (name.empty()) return name;
  if (whole_name(name) == name) return name;
  throw Error(ErrorCode::conflict,
              "it has the tag " + name + ", which is no whole name as docker load wants it");
}

/// An image without a tag of its own: what it refers to decides.
struct Untagged {
  Descriptor descriptor;
  std::optional<hash::Digest> subject;
};

/// What the manifest that `find` gives refers to; what is no sound manifest refers to nothing.
template <class Find>
std::optional<hash::Digest> subject_in(const Find& find) {
  try {
    const std::optional<oci::RawManifest> raw = find();
    return raw ? store::subject_of(*raw) : std::nullopt;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io || error.code() == ErrorCode::cancelled) throw;
    return std::nullopt;
  }
}

}  // namespace

KeptImages keep_images(const base::Context& context, ArchiveReader& old,
                       const LayoutDirectory& fresh, oci::ArchiveFormat format) {
  LayoutIndex index = fresh.read_index();
  const std::vector<std::string> taken = index.tags();
  Gathering gathering(context, old);
  std::list<Untagged> untagged;
  const auto keep = [&](const Descriptor& entry) {
    gathering.add(entry);
    index.keep(entry);
  };
  for (Descriptor entry : old.index().entries()) {
    context.check();
    const std::string name = name_of(entry, format);
    if (name.empty()) {
      if (!index.find_digest(entry.digest))
        untagged.push_back(
            {entry, subject_in([&] { return old.find_manifest(context, entry.digest.str()); })});
    } else if (std::find(taken.begin(), taken.end(), name) == taken.end()) {
      entry.annotations[k_ref_name] = name;
      keep(entry);
    }
  }
  std::set<hash::Digest> referred;  // by what is new
  for (const Descriptor& entry : index.entries()) {
    const auto subject =
        subject_in([&] { return fresh.read_manifest(entry.digest, entry.media_type); });
    if (subject) referred.insert(*subject);
  }
  const auto stays = [&](const Untagged& image) {
    const hash::Digest& digest = image.descriptor.digest;
    if (gathering.has(digest) || referred.contains(digest)) return true;
    return image.subject &&
           (gathering.has(*image.subject) || fresh.blob_status(*image.subject).has_value());
  };
  // What refers to a referrer stays only after that one.
  for (bool grown = true; grown;) {
    grown = false;
    for (auto image = untagged.begin(); image != untagged.end();) {
      const bool is_kept = stays(*image);
      if (is_kept) keep(image->descriptor);
      image = is_kept ? untagged.erase(image) : std::next(image);
      grown = grown || is_kept;
    }
  }
  if (!untagged.empty())
    context.warn(old.where() + " had " + std::to_string(untagged.size()) +
                 " images without a tag, which are not kept");
  return {std::move(index), gathering.take()};
}

}  // namespace pinnace::disk
