#include "inventory/entry.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::inventory {
namespace {

using archive::EntryType;

TEST(EntryLine, IsReversible) {
  const hash::Digest digest = hash::Digest::of("x");
  const Entry file{EntryType::file, "usr/bin/a b\n\\\xff", "", 04755, 1, 2, 3, digest};
  EXPECT_EQ(to_line(file), "- 4755 1 2 3 " + digest.str() + " usr/bin/a\\x20b\\x0a\\x5c\\xff");
  EXPECT_EQ(parse_line(to_line(file)), file);
  for (const Entry& entry : {Entry{EntryType::directory, "usr", "", 0755, 0, 0, 0, {}},
                             Entry{EntryType::symlink, "bin", "usr/bin x", 0777, 0, 0, 0, {}},
                             Entry{EntryType::hardlink, "a", "b", 0644, 1U << 31U, 5, 0, {}},
                             Entry{EntryType::file, "big", "", 0600, 0, 0, 1ULL << 60U, {}},
                             Entry{EntryType::fifo, "f", "", 0600, 0, 0, 0, {}},
                             Entry{EntryType::block_device, "dev/b", "", 0600, 0, 0, 0, {}, 8, 1}})
    EXPECT_EQ(parse_line(to_line(entry)), entry) << to_line(entry);
}

TEST(EntryLine, DevicesHaveNumbersAndFilesAttributes) {
  Entry device{EntryType::character_device, "dev/null", "", 0666, 0, 0, 0, {}, 1, 3};
  EXPECT_EQ(to_line(device), "c 666 0 0 1:3 dev/null");
  device.xattrs = {{"user.a=b c", shown_xattr("\x01\xff")}, {"user.none", ""}};
  EXPECT_EQ(to_line(device), "c 666 0 0 1:3 dev/null user.a=b\\x20c=01ff user.none=");
  EXPECT_EQ(parse_line(to_line(device)), device);
  EXPECT_EQ(shown_xattr(std::string(65, 'x')), hash::Digest::of(std::string(65, 'x')).str());
}

TEST(EntryLine, TheRootHasAName) {
  const Entry root{EntryType::directory, "", "", 0755, 0, 0, 0, {}};
  EXPECT_EQ(to_line(root), "d 755 0 0 .");
  EXPECT_EQ(parse_line(to_line(root)), root);
}

TEST(EntryLine, OthersAreRefused) {
  for (const char* line : {"",
                           "d",
                           "d 755",
                           "d 755 0 0",
                           "d 755 0 0 ",
                           "d 755 0 0 a b",
                           "x 755 0 0 a",
                           "d 8 0 0 a",
                           "d 755 -1 0 a",
                           "- 644 0 0 a",
                           "- 644 0 0 1 sha256:1 a",
                           "- 644 0 0 1  a",
                           "l 777 0 0 a",
                           "d 755 0 0 a\\",
                           " d 755 0 0 a",
                           "d 755 0 0 a ",
                           "c 666 0 0 a",
                           "c 666 0 0 1 a",
                           "c 666 0 0 1: a",
                           "c 666 0 0 1:3",
                           "c 666 0 0 :3 a"})
    EXPECT_THROW(parse_line(line), base::Error) << line;
}

}  // namespace
}  // namespace pinnace::inventory
