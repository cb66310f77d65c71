#include "output/targets.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "store/moved_tag.hpp"
#include "transfer/copy.hpp"

namespace pinnace::output {

namespace {

constexpr unsigned k_parallel_blobs = 4;

template <class Action>
decltype(auto) at_target(Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const store::LostUpload&) {
    throw;  // who makes the bytes makes them again
  } catch (const base::Error& error) {
    throw TargetFailed(error);
  }
}

class FanOutWriter final : public store::BlobWriter {
 public:
  explicit FanOutWriter(std::vector<std::unique_ptr<store::BlobWriter>> writers)
      : m_writers(std::move(writers)) {}
  void write(base::Bytes bytes) override {
    at_target([&] {
      for (const auto& writer : m_writers) writer->write(bytes);
    });
  }
  void commit(const hash::Digest& digest, std::uint64_t size) override {
    at_target([&] {
      for (const auto& writer : m_writers) writer->commit(digest, size);
    });
  }

 private:
  std::vector<std::unique_ptr<store::BlobWriter>> m_writers;
};

}  // namespace

Targets Targets::with(const std::vector<std::shared_ptr<store::BlobStore>>& more) const {
  std::vector<Target> all = m_targets;
  for (const auto& store : more) all.push_back({store, {}});
  Targets result(std::move(all));
  result.m_offered = m_offered;
  return result;
}

bool Targets::have_blob(const base::Context& context, const oci::Descriptor& blob) {
  return at_target([&] {
    return std::all_of(m_targets.begin(), m_targets.end(),
                       [&](const Target& target) { return target.store->has_blob(context, blob); });
  });
}

bool Targets::have_root(const base::Context& context, const oci::RawManifest& manifest) {
  return std::all_of(m_targets.begin(), m_targets.end(), [&](const Target& target) {
    const std::string name = target.tag.empty() ? manifest.digest.str() : target.tag;
    target.store->hold(context);
    const auto present = target.store->resolve(context, name);
    if (!present || present->digest != manifest.digest) return false;
    const bool is_kept_by_tag = !target.tag.empty() || target.store->is_remote();
    if (!is_kept_by_tag) target.store->put_manifest(context, manifest, {});
    return true;
  });
}

bool Targets::contain(const store::BlobStore& store, std::string_view tag) const {
  return std::any_of(m_targets.begin(), m_targets.end(), [&](const Target& target) {
    return target.store->where() == store.where() && target.tag == tag;
  });
}

std::unique_ptr<store::BlobWriter> Targets::create_blob(const base::Context& context) {
  std::vector<std::unique_ptr<store::BlobWriter>> writers;
  at_target([&] {
    for (const Target& target : m_targets) writers.push_back(target.store->create_blob(context));
  });
  return std::make_unique<FanOutWriter>(std::move(writers));
}

oci::Descriptor Targets::describe_bytes(std::string_view bytes, std::string_view media_type) {
  return {std::string(media_type), hash::Digest::of(bytes), bytes.size(), {}, {}, {},
          nlohmann::json::object()};
}

oci::Descriptor Targets::put_bytes(const base::Context& context, std::string_view bytes,
                                   std::string_view media_type) {
  oci::Descriptor descriptor = describe_bytes(bytes, media_type);
  for (const Target& target : m_targets) {
    target.store->put_blob(context, descriptor, [&] {
      return std::make_unique<base::MemorySource>(base::as_bytes(bytes));
    });
  }
  m_offered->add({descriptor, [kept = std::string(bytes)](const base::Context&) {
                    return std::make_unique<base::StringSource>(kept);
                  }});
  return descriptor;
}

void Targets::copy_blobs(const base::Context& context,
                         const std::shared_ptr<store::BlobStore>& source,
                         const std::vector<oci::Descriptor>& blobs) {
  at_target([&] {
    for (const Target& target : m_targets)
      transfer::copy_blobs(context, *source, *target.store, blobs, k_parallel_blobs);
  });
  for (const oci::Descriptor& blob : blobs) {
    m_offered->add({blob, [source, blob](const base::Context& inner) {
                      return source->open_blob(inner, blob);
                    }});
  }
}

void Targets::put(const base::Context& context, const Target& target,
                  const std::function<void()>& put) const {
  std::vector<transfer::Offer> offered = m_offered->all();
  transfer::put_with_blobs(context, *target.store, offered, put);
}

void Targets::put_child(const base::Context& context, const oci::RawManifest& manifest) {
  for (const Target& target : m_targets)
    put(context, target, [&] { target.store->put_child(context, manifest); });
}

void Targets::put_root(const base::Context& context, const oci::RawManifest& manifest) {
  for (const Target& target : m_targets) {
    put(context, target, [&] {
      if (target.tag.empty()) return target.store->put_manifest(context, manifest, {});
      store::put_tag(*target.store, context, manifest, target.tag);
    });
    context.log("wrote " + target.store->where() + (target.tag.empty() ? "" : ":" + target.tag));
  }
}

}  // namespace pinnace::output
