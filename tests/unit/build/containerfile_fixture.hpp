#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <mutex>

#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "build/executor.hpp"
#include "compress/compression.hpp"
#include "files/file.hpp"
#include "frontend/ignore.hpp"
#include "frontend/planner.hpp"
#include "store/memory_store.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::build {

namespace fs = std::filesystem;
using archive::EntryType;
using archive::TarEntry;
using nlohmann::json;

/// "type mode uid:gid path[ -> link][ = content]" of each entry of each layer; a line "--" between
/// layers.
using Listing = std::vector<std::string>;

/// Builds of Containerfiles from a directory and bases in memory into a store in memory.
class ContainerfileFixture : public testing::Test {
 protected:
  ContainerfileFixture() { m_request.platform = oci::Platform::parse("linux/amd64"); }

  void write(const std::string& name, std::string_view text, mode_t mode = 0644) {
    const fs::path path = m_directory.path() / "context" / name;
    fs::create_directories(path.parent_path());
    files::write_file_atomically(path, text, mode);
  }

  /// An image "base" of one layer.
  void put_base(const std::vector<std::pair<TarEntry, std::string>>& entries) {
    base::StringSink tar;
    archive::TarWriter writer(tar);
    for (auto [entry, content] : entries) {
      entry.size = content.size();
      writer.add(entry, base::as_bytes(content));
    }
    writer.finish();
    const auto layer = store::put_bytes(*m_bases, {}, tar.text(), oci::media_type::k_layer);
    oci::Config config(m_request.platform);
    config.add_layer(layer.digest, {{"created_by", "base"}});
    const auto blob = store::put_bytes(*m_bases, {}, config.to_bytes(), oci::media_type::k_config);
    const oci::RawManifest raw =
        oci::Manifest{std::string(oci::media_type::k_manifest), blob, {layer}, {}, {}, {}}.to_raw();
    m_bases->put_manifest({}, raw, "base");
  }

  output::BuildResult build(std::string_view text, cache::BuildCache* cache = nullptr,
                            std::shared_ptr<store::BlobStore> exported = {}) {
    fs::create_directories(m_directory.path() / "context");
    const auto file = containerfile::parse_containerfile(text, "f");
    std::vector<plan::Plan> plans;
    frontend::ContainerfileRequest request = m_request;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, m_platforms.size()); ++i) {
      if (!m_platforms.empty()) request.platform = oci::Platform::parse(m_platforms[i]);
      plans.push_back(frontend::plan_containerfile(
          file, request, [&](const definition::NamedImage& image, const oci::Platform&) {
            const oci::Descriptor manifest = m_bases->resolve({}, image.text).value();
            return image::ImageInput{
                {image.text, manifest},
                image::read_image({}, *m_bases, manifest,
                                  image::ImageCache::at(local::LocalStore(m_directory.path()))),
                m_bases};
          }));
    }
    stages::Options options;
    const auto directory = std::make_shared<const files::Directory>(m_directory.path() / "context");
    options.context = steps::make_context_origin(
        directory, frontend::load_dockerignore(m_directory.path() / "context/f", *directory), 0,
        m_modes);
    options.make.compression = compress::Compression::parse("none");
    options.make.threads = 2;
    options.make.local = local::LocalStore(m_directory.path());
    options.cache = cache;
    options.exported = std::move(exported);
    base::Context context;
    context.scratch = m_directory.path();
    context.events = &m_events;
    output::Targets targets({{m_target, "1"}});
    return execute(context, std::move(plans), options, targets);
  }

  /// The layers that are not the base's.
  Listing list(const output::BuildResult& result) {
    Listing lines;
    for (const output::BuiltLayer& layer : result.images.at(0).layers) {
      if (layer.from_base) continue;
      if (!lines.empty()) lines.push_back("--");
      const auto tar = m_target->open_blob({}, layer.descriptor);
      archive::TarReader reader(*tar, "layer");
      while (const auto entry = reader.next()) lines.push_back(line_of(*entry, reader.content()));
    }
    return lines;
  }

  Listing build_and_list(std::string_view text) { return list(build(text)); }

  std::string error_of(std::string_view text) {
    try {
      build(text);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }

  static std::string line_of(const TarEntry& entry, base::Source& content) {
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%o", entry.mode);
    std::string line = std::string(mode.data()) + " " + std::to_string(entry.uid) + ":" +
                       std::to_string(entry.gid) + " " + entry.path;
    if (entry.type == EntryType::directory) line += "/";
    if (!entry.link_target.empty()) line += " -> " + entry.link_target;
    if (entry.type == EntryType::file) line += " = " + base::read_all(content, 10'000, "content");
    return line;
  }

  static std::pair<TarEntry, std::string> entry(EntryType type, const std::string& path,
                                                const std::string& text = {}) {
    TarEntry result;
    result.type = type;
    result.path = path;
    result.mode = type == EntryType::directory ? 0755 : 0640;
    result.uid = 7;
    result.gid = 8;
    if (type == EntryType::file) return {result, text};
    result.link_target = text;
    return {result, {}};
  }

  /// Log lines of steps that were taken over from the cache: "f:2:1: COPY a /: unchanged".
  std::size_t taken_over() const { return m_events.taken_over; }

  class Events final : public base::EventSink {
   public:
    void on_event(const base::Event& event) noexcept override {
      const std::lock_guard lock(mutex);
      if (event.text.ends_with(": unchanged")) ++taken_over;
      lines.push_back(event.text);
    }
    std::mutex mutex;
    std::size_t taken_over = 0;
    std::vector<std::string> lines;
  };

  test_support::TemporaryDirectory m_directory;
  Events m_events;
  std::shared_ptr<store::MemoryStore> m_bases = std::make_shared<store::MemoryStore>();
  std::shared_ptr<store::MemoryStore> m_target = std::make_shared<store::MemoryStore>();
  frontend::ContainerfileRequest m_request;
  tree::Modes m_modes = tree::Modes::normalize;
  std::vector<std::string> m_platforms;  ///< instead of the request's, if there are any
};

}  // namespace pinnace::build
