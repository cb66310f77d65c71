#include "output/reproducible.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "compress/compression.hpp"
#include "disk/oci_layout.hpp"
#include "layer/layer_difference.hpp"
#include "transfer/copy.hpp"

namespace pinnace::output {

using base::Error;
using base::ErrorCode;

namespace {

[[noreturn]] void fail(const std::string& difference) {
  throw Error(ErrorCode::conflict, "not reproducible: two builds differ in " + difference);
}

std::unique_ptr<base::Source> open_tar(const base::Context& context, store::BlobStore& store,
                                       const oci::Descriptor& layer) {
  return compress::make_decompressor(context, store.open_blob(context, layer),
                                     "layer " + layer.digest.str());
}

void check_layers(const base::Context& context, const output::BuiltImage& first,
                  store::BlobStore& first_store, const output::BuiltImage& second,
                  store::BlobStore& second_store) {
  const std::size_t both = std::min(first.layers.size(), second.layers.size());
  for (std::size_t i = 0; i < both; ++i) {
    const oci::Descriptor& a = first.layers[i].descriptor;
    const oci::Descriptor& b = second.layers[i].descriptor;
    if (a.digest == b.digest) continue;
    const auto one = open_tar(context, first_store, a);
    const auto other = open_tar(context, second_store, b);
    const auto difference = layer::first_difference(context, *one, *other);
    fail("layer " + std::to_string(i + 1) + " of " + first.platform.str() + ", " +
         difference.value_or("the order or encoding of equal files"));
  }
  if (first.layers.size() != second.layers.size())
    fail("their numbers of layers: " + std::to_string(first.layers.size()) + " and " +
         std::to_string(second.layers.size()));
}

}  // namespace

void check_same(const base::Context& context, const output::BuildResult& first,
                store::BlobStore& first_store, const output::BuildResult& second,
                store::BlobStore& second_store) {
  if (first.root.digest == second.root.digest) return;
  const std::size_t both = std::min(first.images.size(), second.images.size());
  for (std::size_t i = 0; i < both; ++i)
    check_layers(context, first.images[i], first_store, second.images[i], second_store);
  fail("their configurations: " + first.root.digest.str() + " and " + second.root.digest.str());
}

void put_same(const base::Context& context, const Repeated& first, const Repeated& second,
              const Targets& targets) {
  disk::OciLayout one(first.layout, disk::OciLayout::Missing::refuse);
  disk::OciLayout other(second.layout, disk::OciLayout::Missing::refuse);
  check_same(context, first.result, one, second.result, other);
  const std::string root = first.result.root.digest.str();
  context.log("reproducible: two builds gave " + root);
  for (const Target& target : targets.list())
    transfer::copy_image(context, one, root, *target.store, target.tag);
}

}  // namespace pinnace::output
