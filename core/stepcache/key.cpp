#include "stepcache/key.hpp"

#include "hash/key_hasher.hpp"

namespace pinnace::stepcache {

namespace {

/// Raised when a step with an equal key would lead to other files than it did before.
constexpr std::uint64_t k_key_version = 5;

hash::KeyHasher start(std::string_view kind) {
  hash::KeyHasher key;
  key.add(k_key_version);
  key.add(PINNACE_VERSION);
  key.add(kind);
  return key;
}

hash::KeyHasher start(std::string_view kind, const StepInputs& inputs) {
  hash::KeyHasher key = start(kind);
  key.add(inputs.parent.str());
  key.add(std::uint64_t{inputs.files.size()});
  for (const hash::Digest& files : inputs.files) key.add(files.str());
  key.add(static_cast<std::uint64_t>(inputs.epoch));
  return key;
}

void add_texts(hash::KeyHasher& key, const std::vector<std::string>& texts) {
  key.add(std::uint64_t{texts.size()});
  for (const std::string& text : texts) key.add(text);
}

}  // namespace

hash::Digest chain_of(const std::vector<oci::Descriptor>& layers) {
  hash::KeyHasher key = start("image");
  for (const oci::Descriptor& layer : layers) key.add(layer.digest.str());
  return key.finish();
}

hash::Digest step_key(const plan::CopyStep& step, const StepInputs& inputs) {
  hash::KeyHasher key = start("copy", inputs);
  key.add(std::uint64_t{step.sources.size()});
  for (const plan::CopyPattern& source : step.sources) {
    key.add(source.below);
    key.add(source.path);
  }
  key.add(std::uint64_t{step.files.size()});
  for (const plan::InlineFile& file : step.files) {
    key.add(file.name);
    key.add(file.content);
  }
  key.add(step.destination);
  key.add(step.owner);
  key.add(step.mode ? step.mode->str() : "");
  add_texts(key, step.excludes);
  for (const bool flag :
       {step.to_directory, step.parents, step.unpack, step.unpack_remotes, step.link})
    key.add(std::uint64_t{flag});
  return key.finish();
}

hash::Digest step_key(const plan::DirectoryStep& step, const StepInputs& inputs) {
  hash::KeyHasher key = start("directory", inputs);
  key.add(step.path);
  key.add(step.owner);
  return key.finish();
}

hash::Digest tree_key(const StepInputs& inputs) {
  return start("tree", inputs).finish();
}

hash::Digest step_key(const plan::RunKey& run, const StepInputs& inputs) {
  hash::KeyHasher key = start("run", inputs);
  key.add(run.step);
  key.add(run.source_date);
  key.add(static_cast<std::uint64_t>(run.network));
  key.add(std::uint64_t{run.host_root});
  return key.finish();
}

hash::Digest chain_after_run(const hash::Digest& step, const std::optional<hash::Digest>& layer) {
  hash::KeyHasher key = start("after run");
  key.add(step.str());
  key.add(layer ? layer->str() : "");
  return key.finish();
}

hash::Digest layer_record_key(const hash::Digest& step, const compress::Compression& compression) {
  hash::KeyHasher key = start("layer");
  key.add(step.str());
  key.add(compression.str());
  key.add(compression.encoder());
  return key.finish();
}

}  // namespace pinnace::stepcache
