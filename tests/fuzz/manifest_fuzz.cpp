#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "disk/layout_index.hpp"
#include "oci/config.hpp"
#include "oci/manifest.hpp"

namespace {

using pinnace::base::Error;
using namespace pinnace::oci;

template <class Document>
void round_trip(const RawManifest& raw) {
  const RawManifest printed = Document::parse(raw).to_raw();
  if (Document::parse(printed).to_raw().bytes != printed.bytes) std::abort();
}

void parse_manifest(const std::string& text) {
  try {
    const RawManifest raw = RawManifest::from_bytes(text);
    if (raw.is_index()) {
      round_trip<Index>(raw);
      static_cast<void>(Index::parse(raw).find(Platform::parse("linux/arm/v7")));
    } else {
      round_trip<Manifest>(raw);
    }
  } catch (const Error&) {
  }
}

void parse_config(const std::string& text) {
  try {
    Config config = Config::parse(text);
    config.add_layer(pinnace::hash::Digest::of("x"), {{"created_by", "fuzz"}});
    Execution execution = config.execution();
    execution.normalize();
    execution.user = "1";
    config.set_execution(execution);
    static_cast<void>(Config::parse(config.to_bytes()).platform());
  } catch (const Error&) {
  }
}

void parse_layout_index(const std::string& text) {
  try {
    auto index = pinnace::disk::LayoutIndex::parse(text, "index.json");
    const auto manifest = RawManifest::from_bytes(R"({"schemaVersion":2,"manifests":[]})");
    index.move_tag(manifest, "latest");
    const auto found = index.find_tag("latest");
    if (!found || found->digest != manifest.digest) std::abort();
    static_cast<void>(index.tags());
    static_cast<void>(index.entries());
  } catch (const Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  parse_manifest(text);
  parse_config(text);
  parse_layout_index(text);
  return 0;
}
