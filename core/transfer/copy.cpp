#include "transfer/copy.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <set>

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "store/moved_tag.hpp"
#include "transfer/graph.hpp"
#include "transfer/missing_blobs.hpp"

namespace pinnace::transfer {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using oci::RawManifest;
using store::BlobStore;
using store::PutOutcome;

namespace {

/// Reports the bytes that pass to the caller's progress.
class ProgressSource final : public base::Source {
 public:
  ProgressSource(const Context& context, std::unique_ptr<base::Source> inner,
                 const Descriptor& blob)
      : m_context(context),
        m_inner(std::move(inner)),
        m_what("blob " + blob.digest.short_hex()),
        m_total(blob.size) {}
  std::size_t read(std::span<std::byte> buffer) override {
    m_context.check();
    const std::size_t size = m_inner->read(buffer);
    m_done += size;
    if (m_done - m_reported >= k_step || size == 0) {
      m_reported = m_done;
      m_context.progress(m_what, m_done, m_total);
    }
    return size;
  }

 private:
  static constexpr std::uint64_t k_step = 1 << 20;
  const Context& m_context;
  std::unique_ptr<base::Source> m_inner;
  std::string m_what;
  std::uint64_t m_total;
  std::uint64_t m_done = 0;
  std::uint64_t m_reported = 0;
};

/// What a copy begins with.
struct Ends {
  RawManifest root;
  std::optional<Descriptor> present;  ///< where the tag leads in the target
};

/// Asks both stores at once: where all is there, that is the whole copy.
Ends ask_both(const Context& context, BlobStore& source, std::string_view source_name,
              BlobStore& target, std::string_view tag) {
  std::optional<RawManifest> root;
  std::optional<Descriptor> present;
  base::for_each_parallel(context, tag.empty() ? 1 : 2, 2,
                          [&](const Context& inner, std::size_t i) {
                            if (i == 0) {
                              root = store::get_manifest(source, inner, source_name);
                            } else {
                              present = store::resolve_sound(target, inner, tag);
                            }
                          });
  return {std::move(*root), std::move(present)};
}

GraphReader::Presence presence_of(const RawManifest& root, std::string_view tag,
                                  const std::optional<Descriptor>& present, const BlobStore& target,
                                  Repair repair) {
  using Presence = GraphReader::Presence;
  // A layout knows no more of it than its size.
  if (tag.empty() || !target.is_remote() || repair == Repair::yes) return Presence::unknown;
  if (present && present->digest == root.digest) return Presence::present;
  // A new tag mostly means a new image. If it is there under another name, its few blobs will say
  // so.
  return present || root.is_index() ? Presence::unknown : Presence::absent;
}

/// Does one put, with the blobs that the target turns out to lack.
using Put = std::function<void(const std::function<void()>& put)>;

/// Puts what has to be there before the tag. A root without one is put here; a layout is told of it
/// even where it is there, as it may be no more than the child of something yet.
void put_graph(const Context& context, BlobStore& target, const Graph& graph,
               const RawManifest* root, bool put_root, const Put& with_blobs) {
  for (const RawManifest& child : graph.children)
    with_blobs([&] { target.put_child(context, child); });
  if (root != nullptr && (put_root || !target.is_remote()))
    with_blobs([&] { target.put_manifest(context, *root, {}); });
  with_blobs([&] { target.put_manifests(context, graph.referrers); });
}

}  // namespace

BlobCounts copy_blobs(const Context& context, BlobStore& source, BlobStore& target,
                      std::vector<Descriptor> blobs, unsigned parallel, Repair repair) {
  // Large ones first, so that none of them is left alone at the end.
  std::stable_sort(blobs.begin(), blobs.end(),
                   [](const Descriptor& a, const Descriptor& b) { return a.size > b.size; });
  // A base may list one layer a thousand times.
  std::set<hash::Digest> seen;
  std::erase_if(blobs, [&](const Descriptor& blob) { return !seen.insert(blob.digest).second; });
  std::atomic<std::uint64_t> existed = 0;
  std::atomic<std::uint64_t> mounted = 0;
  std::atomic<std::uint64_t> uploaded = 0;
  std::atomic<std::uint64_t> bytes = 0;
  base::for_each_parallel(
      context, blobs.size(), parallel, [&](const Context& inner, std::size_t i) {
        const Descriptor& blob = blobs[i];
        const auto open = [&] {
          return std::make_unique<ProgressSource>(inner, source.open_blob(inner, blob), blob);
        };
        const PutOutcome outcome = base::with_context(
            [&] { return "copying blob " + blob.digest.str() + " to " + target.where(); },
            [&] {
              return repair == Repair::yes ? target.repair_blob(inner, blob, open, &source)
                                           : target.put_blob(inner, blob, open, &source);
            });
        switch (outcome) {
          case PutOutcome::existed:
            ++existed;
            break;
          case PutOutcome::mounted:
            ++mounted;
            break;
          case PutOutcome::uploaded:
            ++uploaded;
            bytes += blob.size;
            break;
        }
      });
  return {existed, mounted, uploaded, bytes};
}

CopyResult copy_image(const Context& context, BlobStore& source, std::string_view source_name,
                      BlobStore& target, std::string_view tag, const CopyOptions& options) {
  target.hold(context);  // what is there isn't put, so it must stay
  const Ends ends = ask_both(context, source, source_name, target, tag);
  const RawManifest& root = ends.root;
  const std::optional<Descriptor>& present = ends.present;
  const bool tag_is_there = present && present->digest == root.digest;
  GraphReader reader(context, source, target, options);
  const bool put_root =
      reader.add_root(root, presence_of(root, tag, present, target, options.repair));
  const Graph graph = reader.take();
  CopyResult result{root.descriptor(), {}, 0, {}};
  result.blobs = copy_blobs(context, source, target, graph.blobs, options.parallel, options.repair);
  std::vector<Offer> offered;
  for (const Descriptor& blob : graph.blobs)
    offered.push_back(
        {blob, [&, blob](const Context& inner) { return source.open_blob(inner, blob); }});
  const Put with_blobs = [&](const std::function<void()>& put) {
    context.check();
    put_with_blobs(context, target, offered, put);
  };
  // First: a place that can't hold them, as docker's archives, is not left with a part of it.
  for (const auto& named : graph.tags)
    with_blobs([&] { target.put_manifest(context, named.second, named.first); });
  put_graph(context, target, graph, tag.empty() ? &root : nullptr, put_root, with_blobs);
  result.manifests_put = graph.children.size() + graph.referrers.size();
  if (tag.empty() && put_root) ++result.manifests_put;
  if (!tag.empty() && (put_root || !tag_is_there)) {
    with_blobs([&] {
      if (options.tags == Tags::keep) return target.put_unmoved(context, root, tag);
      target.put_manifest(context, root, tag);
    });
    ++result.manifests_put;
  }
  result.replaced = store::tell_moved(context, target, tag, present, root.digest);
  return result;
}

}  // namespace pinnace::transfer
