#include "disk/resolve_tags.hpp"

#include <atomic>

#include "base/parallel.hpp"
#include "disk/archive_reader.hpp"
#include "disk/oci_layout.hpp"

namespace pinnace::disk {

namespace {

using Digests = std::vector<std::optional<hash::Digest>>;

Digests of_layout(const base::Context& context, OciLayout& layout,
                  const std::vector<std::string>& tags) {
  Digests digests;
  for (const auto& entry : layout.directory().read_index().find_tags(tags)) {
    context.check();
    const auto status =
        entry ? layout.directory().blob_status(entry->digest) : std::optional<struct stat>();
    const bool sound = status && static_cast<std::uint64_t>(status->st_size) == entry->size;
    // One that is lost is told as whoever asks for it is told.
    if (entry && !sound) (void)layout.resolve(context, tags[digests.size()]);
    digests.push_back(sound ? std::optional(entry->digest) : std::nullopt);
  }
  return digests;
}

Digests of_archive(const base::Context& context, ArchiveReader& archive,
                   const std::vector<std::string>& tags) {
  Digests digests;
  for (const auto& entry : archive.index().find_tags(tags)) {
    context.check();
    const bool is_there = entry && (archive.makes_manifests() || archive.has_blob(context, *entry));
    digests.push_back(is_there ? std::optional(entry->digest) : std::nullopt);
  }
  return digests;
}

}  // namespace

Digests resolve_tags(const base::Context& context, store::BlobStore& store,
                     const std::vector<std::string>& tags) {
  constexpr unsigned k_parallel = 16;  // requests, of which a registry has many at once
  if (auto* layout = dynamic_cast<OciLayout*>(&store)) return of_layout(context, *layout, tags);
  if (auto* archive = dynamic_cast<ArchiveReader*>(&store))
    return of_archive(context, *archive, tags);
  Digests digests(tags.size());
  std::atomic<std::size_t> done = 0;
  base::for_each_parallel(context, tags.size(), k_parallel,
                          [&](const base::Context& inner, std::size_t i) {
                            if (const auto found = store.resolve(inner, tags[i]))
                              digests[i] = found->digest;
                            context.progress("tags", ++done, tags.size());
                          });
  return digests;
}

}  // namespace pinnace::disk
