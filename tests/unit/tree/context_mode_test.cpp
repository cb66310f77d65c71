#include "tree/context_mode.hpp"

#include <gtest/gtest.h>

#include <array>

namespace pinnace::tree {
namespace {

struct ModeCase {
  std::uint32_t disk;
  std::uint32_t file;
  std::uint32_t directory;
};

TEST(ContextMode, WhatAUmaskExplainsIsTakenBackAndAllElseStays) {
  for (const ModeCase& c : std::initializer_list<ModeCase>{
           // Made under umask 022, 002, 007, 027, 077 and 000.
           {0644, 0644, 0644},
           {0664, 0644, 0644},
           {0660, 0644, 0644},
           {0640, 0644, 0644},
           {0600, 0644, 0644},
           {0666, 0644, 0644},
           {0755, 0755, 0755},
           {0775, 0755, 0755},
           {0770, 0755, 0755},
           {0750, 0755, 0755},
           {0700, 0755, 0755},
           {0777, 0755, 0755},
           // The owner may not write: nobody's umask.
           {0444, 0444, 0444},
           {0400, 0444, 0444},
           {0440, 0444, 0444},
           {0555, 0555, 0555},
           {0500, 0555, 0555},
           // Somebody has meant that.
           {0604, 0604, 0604},
           {0711, 0711, 0711},
           {0744, 0744, 0744},
           {0754, 0754, 0754},
           {0646, 0646, 0646},
           {0000, 0000, 0000},
           // Set-id and sticky bits.
           {04755, 04755, 04755},
           {04750, 04750, 04750},
           {02755, 02755, 02755},
           {06711, 06711, 06711},
           {02775, 02775, 02775},
           {01777, 01777, 01777},
           {03770, 03770, 03770},
           {0100600, 0644, 0644},
       }) {
    EXPECT_EQ(normal_mode(c.disk, false, 0), c.file) << std::oct << c.disk;
    EXPECT_EQ(normal_mode(c.disk, true, 0755), c.directory) << std::oct << c.disk;
  }
}

/// A new directory gets setgid, and its group, from the one that it is made in.
TEST(ContextMode, OfDirectoriesSetgidStaysUnlessItIsInherited) {
  struct Case {
    std::uint32_t disk;
    std::uint32_t parent;
    std::uint32_t directory;
  };
  for (const Case& c :
       {Case{02775, 0755, 02775}, Case{02775, 02755, 0755}, Case{02700, 02755, 0755},
        Case{03770, 02775, 01770}, Case{02711, 03777, 0711}, Case{04755, 06755, 04755},
        Case{02775, 05777, 02775}})
    EXPECT_EQ(normal_mode(c.disk, true, c.parent), c.directory) << std::oct << c.disk << c.parent;
  EXPECT_EQ(normal_mode(02755, false, 02755), 02755U) << "files inherit none";
}

/// Whatever the umask was, a file that a program made is the same in the layer.
TEST(ContextMode, DoesNotDependOnTheUmask) {
  for (const std::uint32_t made : {0666U, 0777U, 0444U, 0555U}) {
    for (const std::uint32_t umask : {000U, 002U, 007U, 022U, 027U, 077U})
      EXPECT_EQ(normal_mode(made & ~umask, false, 0), made & ~022U) << std::oct << made << umask;
  }
}

TEST(ContextMode, OpensUp) {
  EXPECT_TRUE(opens_up(0600, 0644));
  EXPECT_TRUE(opens_up(0640, 0644));
  EXPECT_TRUE(opens_up(0700, 0755));
  EXPECT_TRUE(opens_up(0400, 0444));
  EXPECT_FALSE(opens_up(0644, 0644));
  EXPECT_FALSE(opens_up(0666, 0644));
  EXPECT_FALSE(opens_up(0600, 0600));
}

}  // namespace
}  // namespace pinnace::tree
