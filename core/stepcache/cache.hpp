#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "cache/build_cache.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"
#include "steps/context_selection.hpp"

namespace pinnace::stepcache {

/// The build cache as the steps of one build use it: what is found there is put where the step's
/// layer has to be, and nothing is remembered of a build whose context changed meanwhile. Several
/// threads may use it.
class StepCache {
 public:
  /// `cache` may be null: nothing is found or remembered. `exported`, if not null, gets every
  /// layer.
  StepCache(cache::BuildCache* cache, std::shared_ptr<store::BlobStore> exported);

  /// Whether others than this machine's builds have part in it: it is read from a registry, or
  /// written to one.
  bool is_shared() const;

  /// A step that the cache knows, and who has its layer; null where only the targets are known to.
  struct Found {
    std::optional<output::BuiltLayer> layer;
    std::shared_ptr<store::BlobStore> holder;
  };
  enum class Holder { needed, of_no_use };
  /// nullopt: the step has to be done. Otherwise its layer is in `targets`.
  std::optional<Found> take_over(const base::Context& context, const hash::Digest& key,
                                 output::Targets& targets, Holder holder);
  /// Where the layer of a step that is done now has to go. `kept`: the step can't be done again
  /// from the context alone.
  output::Targets places(const output::Targets& targets, bool kept) const;
  /// Who has a kept layer from now on; null without a cache.
  std::shared_ptr<store::BlobStore> keeper() const;

  /// A step was done: what remember() has to remember of it.
  void note(const hash::Digest& key, const std::optional<output::BuiltLayer>& layer);
  /// What steps have taken from the context.
  void watch(std::unique_ptr<steps::ContextSelection> selection);
  /// A step has files that could change without a trace: nothing of this build is remembered.
  void distrust();
  /// Remembers all that was made, if the context still is what it was. To be called when steps
  /// are at rest, also after a failure.
  void remember(const base::Context& context);

 private:
  cache::BuildCache* m_cache;
  std::vector<std::shared_ptr<store::BlobStore>> m_exported;  ///< one or none
  std::mutex m_mutex;
  bool m_certain = true;
  cache::Records m_made;
  std::vector<std::unique_ptr<steps::ContextSelection>> m_selections;
};

}  // namespace pinnace::stepcache
