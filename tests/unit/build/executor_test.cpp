#include "build/executor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <fstream>

#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "declared/artifacts.hpp"
#include "declared/image_config.hpp"
#include "declared/plan.hpp"
#include "oci/config.hpp"
#include "store/memory_store.hpp"
#include "store/missing_blobs.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::build {
namespace {

using nlohmann::json;
using oci::Platform;

const Platform k_amd64 = Platform::parse("linux/amd64");
const Platform k_arm64 = Platform::parse("linux/arm64");

/// A base with /usr/bin and a link to it.
image::BaseImage put_base(store::MemoryStore& store, const Platform& platform) {
  base::StringSink tar;
  archive::TarWriter writer(tar);
  archive::TarEntry entry;
  entry.type = archive::EntryType::directory;
  entry.path = "usr/bin";
  writer.add(entry);
  entry.type = archive::EntryType::symlink;
  entry.path = "bin";
  entry.link_target = "usr/bin";
  writer.add(entry);
  writer.finish();
  const auto layer = store::put_bytes(store, {}, tar.text(), oci::media_type::k_layer);
  oci::Config config(platform);
  config.add_layer(layer.digest, {{"created_by", "base"}});
  config.json()["config"] = {{"Env", {"PATH=/bin", "A=1"}}, {"Cmd", {"sh"}}, {"User", "base"}};
  const auto config_blob =
      store::put_bytes(store, {}, config.to_bytes(), oci::media_type::k_docker_config);
  oci::Manifest manifest{
      std::string(oci::media_type::k_manifest), config_blob, {layer}, {}, {}, {}};
  const oci::RawManifest raw = manifest.to_raw();
  store.put_manifest({}, raw, {});
  return {"base:1", raw.descriptor()};
}

/// A platform and its base; none: from scratch.
using Wanted = std::vector<std::pair<Platform, std::optional<image::BaseImage>>>;

class ExecutorTest : public testing::Test {
 protected:
  std::vector<plan::Plan> plans(const Wanted& wanted, const std::string& more = "") {
    files::write_file_atomically(m_directory.path() / "tool", "#!/bin/sh\n", 0755);
    const auto definition = definition::parse_definition(
        "version: 1\nbase: scratch\nartifacts:\n  - {from: tool, to: /bin/tool}\n"
        "config: {entrypoint: [tool], env: {A: '2', B: '3'}" +
            more + "}\n",
        "pinnace.yaml");
    const auto artifacts = std::make_shared<tree::FileTree>(declared::collect_artifacts(
        {}, definition, std::make_shared<const files::Directory>(m_directory.path()), 0));
    std::vector<plan::Plan> plans;
    for (const auto& [platform, base] : wanted) {
      std::optional<image::ImageInput> input;
      if (base)
        input = {*base,
                 image::read_image({}, *m_bases, base->manifest, image::ImageCache::at(m_local)),
                 m_bases};
      plans.push_back(declared::plan_definition(definition, platform, input, artifacts));
    }
    return plans;
  }
  stages::Options options() const {
    stages::Options options;
    options.make.threads = 2;
    options.make.local = m_local;
    return options;
  }
  output::BuildResult build(const std::vector<plan::Plan>& plans,
                            const std::shared_ptr<store::BlobStore>& target,
                            const base::Context& context = {}) {
    output::Targets targets({{target, "1"}});
    return execute(context, plans, options(), targets);
  }

  test_support::TemporaryDirectory m_directory;
  local::LocalStore m_local{m_directory.path()};
  std::shared_ptr<store::MemoryStore> m_bases = std::make_shared<store::MemoryStore>();
  std::shared_ptr<store::MemoryStore> m_target = std::make_shared<store::MemoryStore>();
};

/// Loses the first `times` blobs that are written, when they are complete.
class ForgetfulStore : public store::BlobStore {
 public:
  explicit ForgetfulStore(unsigned times) : m_times(times) {}
  std::string where() const override { return "forgetful"; }
  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override {
    return m_kept.has_blob(context, blob);
  }
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override {
    return m_kept.open_blob(context, blob);
  }
  store::PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                             const base::OpenSource& open, const BlobStore* from) override {
    return m_kept.put_blob(context, blob, open, from);
  }
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override {
    if (m_times == 0) return m_kept.create_blob(context);
    --m_times;
    return std::make_unique<ForgetfulWriter>();
  }
  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view name) override {
    return m_kept.find_manifest(context, name);
  }
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view name) override {
    return m_kept.resolve(context, name);
  }
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override {
    m_kept.put_manifest(context, manifest, tag);
  }
  std::vector<std::string> tags(const base::Context& context) override {
    return m_kept.tags(context);
  }
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override {
    return m_kept.referrers(context, subject);
  }

 private:
  class ForgetfulWriter final : public store::BlobWriter {
   public:
    void write(base::Bytes) override {}
    void commit(const hash::Digest&, std::uint64_t) override {
      throw store::LostUpload("the upload is lost");
    }
  };
  unsigned m_times;
  store::MemoryStore m_kept;
};

/// Says of what it is asked to take from elsewhere that it has it, and wants all of it in the end.
class BoastfulStore final : public store::MemoryStore {
 public:
  store::PutOutcome put_blob(const base::Context&, const oci::Descriptor&, const base::OpenSource&,
                             const BlobStore*) override {
    return store::PutOutcome::existed;
  }
  store::PutOutcome repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                const base::OpenSource& open, const BlobStore* from) override {
    return MemoryStore::put_blob(context, blob, open, from);
  }
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override {
    const auto image = oci::Manifest::parse(manifest);
    bool is_whole = has_blob(context, image.config);
    for (const oci::Descriptor& layer : image.layers)
      is_whole = is_whole && has_blob(context, layer);
    if (!is_whole)
      throw store::MissingBlobs({base::ErrorCode::invalid_input, "MANIFEST_BLOB_UNKNOWN"});
    MemoryStore::put_manifest(context, manifest, tag);
  }
};

TEST_F(ExecutorTest, WhatTheTargetOnlySaidItHadIsSent) {
  const auto one = plans({{k_amd64, put_base(*m_bases, k_amd64)}});
  output::Targets targets({{std::make_shared<BoastfulStore>(), "1"}, {m_target, "2"}});
  const auto root = execute({}, one, options(), targets).root.digest;
  for (const output::Target& target : targets.list())
    EXPECT_EQ(target.store->resolve({}, target.tag)->digest, root);
}

/// Keeps what is logged.
class Log final : public base::EventSink {
 public:
  void on_event(const base::Event& event) noexcept override { text += event.text + "\n"; }
  std::string text;
};

TEST_F(ExecutorTest, ATagThatMovesSaysWhereItLed) {
  const output::BuildResult first = build(plans({{k_amd64, {}}}), m_target);
  Log log;
  base::Context context;
  context.events = &log;
  const auto other = plans({{k_amd64, {}}}, ", labels: {team: other}");
  for (const char* tag : {"1", "1", "new"}) {
    output::Targets targets({{m_target, tag}});
    execute(context, other, options(), targets);
  }
  const std::string told = "tag 1 of memory:store led to " + first.root.digest.str() + " before\n";
  EXPECT_NE(log.text.find(told), std::string::npos) << log.text;
  EXPECT_EQ(log.text.find(" before\n"), log.text.rfind(" before\n")) << log.text;
}

TEST_F(ExecutorTest, ALayerThatTheTargetLostIsMadeAgain) {
  const auto one = plans({{k_amd64, {}}});
  const output::BuildResult expected = build(one, m_target);
  const auto forgetful = std::make_shared<ForgetfulStore>(3);
  output::Targets targets({{forgetful, "1"}});
  const output::BuildResult result = execute({}, one, options(), targets);
  EXPECT_EQ(result.root.digest, expected.root.digest);
  EXPECT_TRUE(forgetful->has_blob({}, result.images.front().layers.front().descriptor));
}

TEST_F(ExecutorTest, ATargetThatLosesEveryLayerIsGivenUp) {
  output::Targets targets({{std::make_shared<ForgetfulStore>(99), "1"}});
  try {
    execute({}, plans({{k_amd64, {}}}), options(), targets);
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::unavailable) << error.what();
  }
}

TEST_F(ExecutorTest, AnImageOnABaseIsWhole) {
  const output::BuildResult result =
      build(plans({{k_amd64, put_base(*m_bases, k_amd64)}}), m_target);
  const oci::RawManifest raw = store::get_manifest(*m_target, {}, "1");
  EXPECT_EQ(raw.digest, result.root.digest);
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  ASSERT_EQ(manifest.layers.size(), 2U);
  for (const oci::Descriptor& layer : manifest.layers) EXPECT_TRUE(m_target->has_blob({}, layer));
  const auto config = oci::Config::parse(store::read_blob(*m_target, {}, manifest.config, 100'000));
  EXPECT_EQ(config.diff_ids().size(), 2U);
  EXPECT_EQ(config.json().at("history").size(), 2U);
  EXPECT_EQ(config.json().at("config").at("Env"), (json{"PATH=/bin", "A=2", "B=3"}));
  EXPECT_EQ(config.json().at("config").at("Entrypoint"), json{"tool"});
  EXPECT_FALSE(config.json().at("config").contains("Cmd"))
      << "an entrypoint clears the base's command";
  EXPECT_EQ(config.json().at("config").at("User"), "base");
}

TEST_F(ExecutorTest, TheSamePlanGivesTheSameDigest) {
  const auto one = plans({{k_amd64, put_base(*m_bases, k_amd64)}});
  EXPECT_EQ(build(one, m_target).root.digest,
            build(one, std::make_shared<store::MemoryStore>()).root.digest);
}

TEST_F(ExecutorTest, FilesThatDidNotChangeAreNotReadAgain) {
  base::Context later;
  later.now = [] { return std::chrono::system_clock::now() + std::chrono::hours(1); };
  const auto build_later = [&](const std::shared_ptr<store::BlobStore>& target,
                               const std::vector<plan::Plan>& what) {
    return build(what, target, later).root.digest;
  };
  const auto write_tool = [&](const std::string& text) {
    const struct timespec settled[] = {{0, 0}, {0, 0}};
    std::ofstream(m_directory.path() / "tool") << text;
    ASSERT_EQ(::utimensat(AT_FDCWD, (m_directory.path() / "tool").c_str(), settled, 0), 0);
  };
  const auto one = plans({{k_amd64, {}}});
  const hash::Digest first = build_later(m_target, one);
  // Only reading the file would notice that it is no longer the one of the plan.
  write_tool("#!/bin/zsh\n");
  EXPECT_EQ(build_later(m_target, one), first);
  EXPECT_THROW(build_later(std::make_shared<store::MemoryStore>(), one), base::Error)
      << "a target without the layer needs the content";
}

TEST_F(ExecutorTest, WhereNothingChangedTheTagIsAllThatIsAskedFor) {
  base::Context later;
  later.now = [] { return std::chrono::system_clock::now() + std::chrono::hours(1); };
  /// Nothing but resolve() and reading manifests is allowed.
  class OnlyTags final : public ForgetfulStore {
   public:
    explicit OnlyTags(store::BlobStore& inner) : ForgetfulStore(0), m_inner(inner) {}
    bool has_blob(const base::Context&, const oci::Descriptor&) override { return refuse(); }
    store::PutOutcome put_blob(const base::Context&, const oci::Descriptor&,
                               const base::OpenSource&, const BlobStore*) override {
      refuse();
      return {};
    }
    void put_manifest(const base::Context&, const oci::RawManifest&, std::string_view) override {
      refuse();
    }
    std::optional<oci::Descriptor> resolve(const base::Context& context,
                                           std::string_view name) override {
      return m_inner.resolve(context, name);
    }

   private:
    static bool refuse() { throw std::logic_error("was asked for more than the tag"); }
    store::BlobStore& m_inner;
  };
  const auto one = plans({{k_amd64, put_base(*m_bases, k_amd64)}});
  const hash::Digest first = build(one, m_target, later).root.digest;
  auto without_bases = one;
  without_bases[0].images[0].store = std::make_shared<store::MemoryStore>();
  EXPECT_EQ(build(without_bases, std::make_shared<OnlyTags>(*m_target), later).root.digest, first);
  m_target->put_manifest(
      {}, store::get_manifest(*m_bases, {}, one[0].images[0].image.manifest.digest.str()), "1");
  EXPECT_THROW(build(without_bases, std::make_shared<OnlyTags>(*m_target), later), std::logic_error)
      << "a tag that leads elsewhere is put again";
}

TEST_F(ExecutorTest, WhatIsRememberedOfABaseIsVerified) {
  const Wanted wanted = {{k_amd64, put_base(*m_bases, k_amd64)}};
  const hash::Digest first = build(plans(wanted), m_target).root.digest;
  for (const auto& file :
       std::filesystem::directory_iterator(m_directory.path() / "cache/images")) {
    std::ofstream(file.path()) << "{}";
  }
  EXPECT_EQ(build(plans(wanted), std::make_shared<store::MemoryStore>()).root.digest, first);
}

/// Counts the blobs that are written as streams: layers.
class CountingStore final : public store::MemoryStore {
 public:
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override {
    ++streams;
    return MemoryStore::create_blob(context);
  }
  std::atomic<int> streams = 0;
};

TEST_F(ExecutorTest, ALayerOfSeveralPlatformsIsMadeOnce) {
  // Files as new as these are not known by their statuses.
  const auto target = std::make_shared<CountingStore>();
  build(plans({{k_amd64, put_base(*m_bases, k_amd64)}, {k_arm64, put_base(*m_bases, k_arm64)}}),
        target);
  EXPECT_EQ(target->streams, 1);
}

TEST_F(ExecutorTest, TreesThatDifferAreNotTakenForEachOther) {
  auto two = plans({{k_amd64, {}}, {k_arm64, {}}});
  const std::filesystem::path other = m_directory.path() / "other";
  files::write_file_atomically(other, "#!/bin/ba\n", 0755);
  auto& files = std::get<plan::TreeStep>(two[1].stages[0].steps[0].action).files;
  tree::TreeEntry entry = *files->find("bin/tool");  // of the same size
  entry.content.path = "other";
  struct stat status {};
  ASSERT_EQ(::stat(other.c_str(), &status), 0);
  entry.content.stamp = tree::FileStamp::of(status);
  files = std::make_shared<tree::FileTree>(*files);
  files->add(entry);
  const output::BuildResult result = build(two, m_target);
  EXPECT_NE(result.images[0].layers[0].descriptor.digest,
            result.images[1].layers[0].descriptor.digest);
}

/// A plan with a second layer over the first.
std::vector<plan::Plan> with_second_layer(std::vector<plan::Plan> plans, const std::string& path) {
  plan::StagePlan& stage = plans[0].stages[0];
  auto files = std::make_shared<tree::FileTree>();
  tree::TreeEntry entry;
  entry.header.type = archive::EntryType::directory;
  entry.header.path = path;
  entry.header.mode = 0700;
  files->add(entry);
  stage.history.push_back({"second", stage.steps.size()});
  stage.steps.push_back({"second", {"f"}, plan::TreeStep{files}});
  return plans;
}

TEST_F(ExecutorTest, EachTreeIsALayerOnWhatTheOnesBeforeLeft) {
  const auto two = with_second_layer(plans({{k_amd64, put_base(*m_bases, k_amd64)}}), "bin/more");
  base::Context later;
  later.now = [] { return std::chrono::system_clock::now() + std::chrono::hours(1); };
  const output::BuildResult result = build(two, m_target, later);
  const auto& layers = result.images[0].layers;
  ASSERT_EQ(layers.size(), 3U);
  const auto plain =
      compress::make_decompressor({}, m_target->open_blob({}, layers[2].descriptor), "layer");
  archive::TarReader reader(*plain, "layer");
  std::vector<std::string> paths;
  while (const auto entry = reader.next()) paths.push_back(entry->path);
  EXPECT_EQ(paths, (std::vector<std::string>{"usr", "usr/bin", "usr/bin/more"}));
  const auto config =
      oci::Config::parse(store::read_blob(*m_target, {}, result.images[0].config, 100'000));
  EXPECT_EQ(config.json().at("history").at(2).at("created_by"), "second");
  Log log;
  later.events = &log;
  EXPECT_EQ(build(two, m_target, later).root.digest, result.root.digest);
  EXPECT_NE(log.text.find("nothing changed"), std::string::npos) << log.text;
}

TEST_F(ExecutorTest, ASharedCacheHasTreesByTheirContents) {
  const auto shared = std::make_shared<CountingStore>();
  const auto build_with = [&](const std::string& machine, bool exports, store::BlobStore& target) {
    local::LocalStore local(m_directory.path() / machine);
    std::vector<cache::ImportedCache> imported;
    if (auto found = cache::ImportedCache::read({}, shared, "cache"))
      imported.push_back(*std::move(found));
    cache::BuildCache cache(cache::LocalCache(local.at(local::Part::build_cache)),
                            std::move(imported), cache::BuildCache::Reuse::yes);
    stages::Options with = options();
    with.make.local = local;
    with.cache = &cache;
    if (exports) with.exported = shared;
    output::Targets targets({{std::shared_ptr<store::BlobStore>(&target, [](auto*) {}), "1"}});
    const auto root = execute({}, plans({{k_amd64, {}}}), with, targets).root.digest;
    if (exports) cache::export_cache({}, *shared, "cache", cache.used());
    return root;
  };
  CountingStore first;
  CountingStore second;
  const hash::Digest root = build_with("one", true, first);
  EXPECT_EQ(build_with("other", false, second), root) << "files with other statuses";
  EXPECT_EQ(first.streams, 1);
  EXPECT_EQ(second.streams, 0) << "the layer is taken from the cache";
}

TEST_F(ExecutorTest, SeveralPlatformsMakeAnIndexAndShareALayer) {
  const output::BuildResult result =
      build(plans({{k_amd64, put_base(*m_bases, k_amd64)}, {k_arm64, put_base(*m_bases, k_arm64)}}),
            m_target);
  const oci::Index index = oci::Index::parse(store::get_manifest(*m_target, {}, "1"));
  ASSERT_EQ(index.manifests.size(), 2U);
  EXPECT_EQ(index.find(k_arm64)->digest, result.images[1].manifest.digest);
  EXPECT_EQ(result.images[0].layers.back().descriptor.digest,
            result.images[1].layers.back().descriptor.digest);
}

TEST_F(ExecutorTest, FromScratchThereIsOneLayer) {
  const output::BuildResult result = build(plans({{k_amd64, std::nullopt}}), m_target);
  EXPECT_EQ(result.images[0].layers.size(), 1U);
}

TEST_F(ExecutorTest, AMissingBaseLeavesNoTag) {
  image::BaseImage base = put_base(*m_bases, k_amd64);
  base.manifest.digest = hash::Digest::of("other");
  EXPECT_THROW(build(plans({{k_amd64, base}}), m_target), base::Error);
  EXPECT_FALSE(m_target->find_manifest({}, "1").has_value());
}

}  // namespace
}  // namespace pinnace::build
