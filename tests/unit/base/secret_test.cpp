#include "base/secret.hpp"

#include <gtest/gtest.h>

namespace pinnace::base {
namespace {

TEST(Secret, IsATextThatCanBeCopiedMovedAndCompared) {
  const Secret joined = Secret::join({"Basic ", "", "dXNlcjpnZWhlaW0tZ2VoZWlt"});
  EXPECT_EQ(joined.text(), "Basic dXNlcjpnZWhlaW0tZ2VoZWlt");
  Secret copy = joined;
  EXPECT_EQ(copy, joined);
  Secret moved = std::move(copy);
  EXPECT_EQ(moved, joined);
  moved = Secret("other");
  EXPECT_EQ(moved.text(), "other");
  moved = joined;
  EXPECT_EQ(moved, joined);
  EXPECT_TRUE(Secret().empty());
  EXPECT_FALSE(joined.empty());
}

TEST(Secret, TakesTheMemoryOverAndPassesItOn) {
  std::string text = "a secret long enough to be on the heap, not in the object";
  const char* bytes = text.data();
  Secret secret(std::move(text));
  EXPECT_EQ(secret.text().data(), bytes);
  const Secret next = std::move(secret);
  EXPECT_EQ(next.text().data(), bytes);
}

TEST(Wipe, OverwritesMemory) {
  std::string bytes = "bytes";
  wipe(bytes.data(), bytes.size());
  EXPECT_EQ(bytes, std::string(5, '\0'));
}

}  // namespace
}  // namespace pinnace::base
