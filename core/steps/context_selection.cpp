#include "steps/context_selection.hpp"

#include <algorithm>
#include <chrono>

#include "base/error.hpp"
#include "hash/key_hasher.hpp"
#include "layer/layer_cache.hpp"
#include "steps/opened_up.hpp"

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

bool same_stamps(const tree::FileTree& a, const tree::FileTree& b) {
  const auto same = [](const tree::TreeEntry& x, const tree::TreeEntry& y) {
    return x.header == y.header && x.content.stamp == y.content.stamp;
  };
  return std::equal(a.entries().begin(), a.entries().end(), b.entries().begin(), b.entries().end(),
                    same);
}

}  // namespace

ContextSelection::ContextSelection(const base::Context& context, plan::CopyStep step,
                                   CopyOrigin& origin)
    : m_step(std::move(step)), m_origin(origin) {
  m_tree = select_copy(context, m_step, origin, m_matches);
  const std::int64_t newest = newest_change(m_tree);
  if (newest == 0) return;
  const nanoseconds age = age_of(newest, context);
  const nanoseconds tick = newest % k_second == 0 ? k_coarse_tick : k_tick;
  if (age >= tick) return;
  m_certain = tick == k_tick && age > -k_tick;
  if (!m_certain) return;
  context.sleep(2 * k_tick);
  m_matches.clear();
  m_tree = select_copy(context, m_step, origin, m_matches);
}

void ContextSelection::warn_of_opened(const base::Context& context,
                                      const std::string& position) const {
  tree::OpenedUp opened = tree::opened_up(m_tree);
  // Paths in a selection start with the number of their source.
  opened.first.erase(0, opened.first.find('/') + 1);
  steps::warn_of_opened(context, position, opened, "--chmod");
}

hash::Digest ContextSelection::digest(const base::Context& context,
                                      const std::filesystem::path& memory) {
  hash::KeyHasher key;
  for (const std::string& match : m_matches) key.add(match);
  const compress::Compression plain{compress::Format::none, {}};
  const layer::LayerCache digests(memory);
  const auto stamps = layer::layer_key(m_tree, plain, context.now());
  const auto known = stamps ? digests.find(*stamps) : std::nullopt;
  if (known) {
    key.add(known->diff_id.str());
    return key.finish();
  }
  if (!layer::changes_will_show(context, m_tree)) m_certain = false;
  NullSink nowhere;
  // A layer that goes nowhere: its digest covers all that a layer of these files could show.
  const layer::LayerResult made = layer::write_layer(context, m_tree, {plain, 1}, nowhere);
  if (stamps && m_certain) digests.put(context, *stamps, made);
  key.add(made.diff_id.str());
  return key.finish();
}

bool ContextSelection::is_unchanged(const base::Context& context) const {
  if (!m_certain) return false;
  try {
    std::vector<std::string> matches;
    return same_stamps(m_tree, select_copy(context, m_step, m_origin, matches)) &&
           matches == m_matches;
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::cancelled) throw;
    return false;  // something is gone
  }
}

}  // namespace pinnace::steps
