#include "layer/layer_difference.hpp"

#include <gtest/gtest.h>

#include "archive/tar_writer.hpp"

namespace pinnace::layer {
namespace {

using archive::TarEntry;

std::string tar(const std::vector<std::pair<TarEntry, std::string>>& entries) {
  base::StringSink sink;
  archive::TarWriter writer(sink);
  for (auto [entry, content] : entries) {
    entry.size = content.size();
    writer.add(entry, base::as_bytes(content));
  }
  writer.finish();
  return sink.take();
}

TarEntry file(const std::string& path) {
  TarEntry entry;
  entry.path = path;
  return entry;
}

std::string difference(const std::string& a, const std::string& b) {
  base::MemorySource one(base::as_bytes(a));
  base::MemorySource other(base::as_bytes(b));
  return first_difference({}, one, other).value_or("none");
}

TEST(LayerDifferenceTest, TheFirstOneIsNamed) {
  const std::string sample = tar({{file("a"), "same"}, {file("b"), "text"}, {file("c"), "c"}});
  EXPECT_EQ(difference(sample, sample), "none");
  EXPECT_EQ(difference(sample, tar({{file("a"), "same"}, {file("b"), "teXt"}, {file("c"), "X"}})),
            "/b: byte 2 of its content");
  EXPECT_EQ(difference(sample, tar({{file("a"), "same"}, {file("b"), "texts"}})),
            "/b: byte 4 of its content");
  EXPECT_EQ(difference(sample, tar({{file("a"), "same"}, {file("c"), "c"}})),
            "/b is only in the first one");
  EXPECT_EQ(difference(tar({{file("a"), "same"}}), sample), "/b is only in the second one");
  TarEntry other = file("b");
  other.mode = 0755;
  EXPECT_EQ(difference(sample, tar({{file("a"), "same"}, {other, "text"}})),
            "/b: mode 0644 and 0755");
  other = file("b");
  other.mtime = 7;
  EXPECT_EQ(difference(sample, tar({{file("a"), "same"}, {other, "text"}})), "/b: time 0 and 7");
}

TEST(LayerDifferenceTest, ADifferenceFarInsideIsFound) {
  std::string content(300'000, 'x');
  const std::string one = tar({{file("f"), content}});
  content[200'001] = 'y';
  EXPECT_EQ(difference(one, tar({{file("f"), content}})), "/f: byte 200001 of its content");
}

}  // namespace
}  // namespace pinnace::layer
