#include "binaries/zip.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/golden.hpp"
#include "support/zip_samples.hpp"

namespace pinnace::binaries {
namespace {

bool all(std::string_view) {
  return true;
}

std::string read(const std::string& bytes, std::size_t entry, std::size_t limit = 1 << 20) {
  const MemoryAccess file(bytes);
  const ZipFile zip(file, all);
  return zip.read(zip.entries().at(entry), limit);
}

TEST(Zip, StoredDeflatedAndZip64) {
  const std::string text(100'000, 'x');
  for (const bool zip64 : {false, true}) {
    const std::string bytes = test_support::make_zip({{"a", "stored"}, {"b", text, true}}, zip64);
    for (const std::string& before : {std::string(), std::string("#!/bin/sh\n")}) {
      const MemoryAccess file(before + bytes);
      const ZipFile zip(file, [](std::string_view name) { return name == "b"; });
      ASSERT_EQ(zip.entries().size(), 1U) << zip64;
      EXPECT_EQ(zip.entries()[0].name, "b");
      EXPECT_EQ(read(before + bytes, 0), "stored");
      EXPECT_EQ(read(before + bytes, 1), text);
    }
  }
}

TEST(Zip, TheEndIsTheLastOneThatFits) {
  std::string bytes = test_support::make_zip({{"a", "content"}});
  bytes[bytes.size() - 2] = 30;  // a comment, with what looks like an end
  bytes += "PK\5\6" + std::string(26, 'c');
  EXPECT_EQ(read(bytes, 0), "content");
  bytes = test_support::make_zip({{"a", "content"}});
  bytes[bytes.size() - 2] = 24;  // that end ends before the file does, and leads nowhere
  EXPECT_EQ(read(bytes + "PK\5\6" + std::string(18, '\0') + "xx", 0), "content");
  EXPECT_EQ(read(test_support::make_zip({{"a", "content"}}) + "padding", 0), "content");
}

TEST(Zip, WhatDoesNotHold) {
  const std::string text(100'000, 'x');
  const std::string bytes = test_support::make_zip({{"a", text, true}});
  EXPECT_THROW(read(bytes, 0, 99'999), base::Error);
  std::string other_crc = bytes;
  const std::size_t directory = bytes.rfind("PK\1\2");
  other_crc[directory + 16] = static_cast<char>(other_crc[directory + 16] ^ 1);
  EXPECT_THROW(read(other_crc, 0), base::Error);
  std::string bomb = bytes;  // it holds more than it says
  bomb[directory + 24] = 1;
  bomb[directory + 25] = 0;
  bomb[directory + 26] = 0;
  EXPECT_THROW(read(bomb, 0), base::Error);
  std::string encrypted = bytes;
  encrypted[directory + 8] = 1;
  EXPECT_THROW(read(encrypted, 0), base::Error);
  EXPECT_THROW(read("", 0), base::Error);
  EXPECT_THROW(read(std::string(100'000, '\0'), 0), base::Error);
}

TEST(Zip, CutOrChangedAnywhereIsAnErrorOrAValue) {
  for (const bool zip64 : {false, true}) {
    const std::string whole =
        test_support::make_zip({{"a", "stored"}, {"b", "deflated", true}}, zip64);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      EXPECT_THROW(read(whole.substr(0, at), 0), base::Error) << at;
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 0xff);
      try {
        EXPECT_EQ(read(changed, 1), "deflated") << at;
      } catch (const base::Error&) {
      } catch (const std::out_of_range&) {
      }
    }
  }
}

}  // namespace
}  // namespace pinnace::binaries
