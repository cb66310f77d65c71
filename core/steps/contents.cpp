#include "steps/contents.hpp"

#include <algorithm>
#include <chrono>

#include "layer/layer_cache.hpp"

namespace pinnace::steps {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// Linux sets a file's times from a clock that ticks every 1 to 10 ms.
constexpr milliseconds k_tick{20};
/// Some file systems count whole seconds, FAT two of them.
constexpr milliseconds k_coarse_tick{2100};
constexpr std::int64_t k_second = 1'000'000'000;

std::int64_t newest_change(const tree::FileTree& tree) {
  std::int64_t newest = 0;
  for (const tree::TreeEntry& entry : tree.entries())
    newest = std::max({newest, entry.content.stamp.changed, entry.content.stamp.modified});
  return newest;
}

/// How long ago that was; negative: in the future.
nanoseconds age_of(std::int64_t change, const base::Context& context) {
  return std::chrono::duration_cast<nanoseconds>(context.now().time_since_epoch()) -
         nanoseconds(change);
}

class NullSink final : public base::Sink {
 public:
  void write(base::Bytes) override {}
};

}  // namespace

Certain settle(const base::Context& context, const tree::FileTree& tree) {
  const std::int64_t newest = newest_change(tree);
  if (newest == 0) return Certain::yes;
  const nanoseconds age = age_of(newest, context);
  const nanoseconds tick = newest % k_second == 0 ? k_coarse_tick : k_tick;
  if (age >= tick) return Certain::yes;
  if (tick != k_tick || age <= -k_tick) return Certain::no;
  context.sleep(2 * k_tick);
  return Certain::after_wait;
}

Contents contents_of(const base::Context& context, const tree::FileTree& tree, bool settled,
                     const std::filesystem::path& memory) {
  const compress::Compression plain{compress::Format::none, {}};
  const layer::LayerCache digests(memory);
  const auto stamps = layer::layer_key(tree, plain, context.now());
  if (const auto known = stamps ? digests.find(*stamps) : std::nullopt)
    return {known->diff_id, settled};
  layer::ChangeWatch watch(context.now());
  NullSink nowhere;
  // A layer that goes nowhere: its digest covers all that a layer of these files could show.
  const layer::LayerResult made =
      layer::write_layer(context, tree, {plain, 1, nullptr, settled ? &watch : nullptr}, nowhere);
  const bool certain = settled && watch.changes_show();
  if (stamps && certain) digests.put(context, *stamps, made);
  return {made.diff_id, certain};
}

}  // namespace pinnace::steps
