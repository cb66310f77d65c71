#include "source/commit_listing.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::source {
namespace {

using namespace std::string_literals;

const std::string k_object(40, 'a');

std::string file(const std::string& path, const std::string& size) {
  return "100644 blob " + k_object + " " + size + "\t" + path + "\0"s;
}

std::string link(const std::string& path) {
  return "160000 commit " + k_object + "       -\t" + path + "\0"s;
}

std::string failure_of(CheckoutBudget budget, const std::string& text) {
  try {
    CommitListing(budget).add(text);
  } catch (const base::Error& error) {
    return error.what();
  }
  return "none";
}

TEST(CommitListing, FindsLinksHoweverTheTextIsCut) {
  const std::string text = file("a b", "      7") + link("lib/\tx") + file("160000 commit", " 1");
  for (std::size_t size = 1; size <= text.size(); ++size) {
    CheckoutBudget budget;
    CommitListing listing(budget);
    for (std::size_t at = 0; at < text.size(); at += size)
      listing.add(std::string_view(text).substr(at, size));
    ASSERT_EQ(listing.links().size(), 1U);
    EXPECT_EQ(listing.links()[0].path, "lib/\tx");
    EXPECT_EQ(listing.links()[0].commit, k_object);
    EXPECT_EQ(budget.files, 2'000'000U - 3);
    EXPECT_EQ(budget.bytes, (std::uint64_t{64} << 30) - 8);
  }
}

TEST(CommitListing, CountsDirectories) {
  CheckoutBudget budget;
  budget.files = 1;
  const std::string tree = "040000 tree " + k_object + "       -\td\0"s;
  EXPECT_EQ(failure_of(budget, tree), "none");
  EXPECT_EQ(failure_of(budget, tree + tree), "the repository has more files than an ADD may bring");
}

TEST(CommitListing, HasAnEnd) {
  CheckoutBudget budget;
  budget.files = 2;
  EXPECT_EQ(failure_of(budget, file("a", "1") + file("b", "1")), "none");
  EXPECT_EQ(failure_of(budget, file("a", "1") + file("b", "1") + file("c", "1")),
            "the repository has more files than an ADD may bring");
  budget.bytes = 10;
  EXPECT_EQ(failure_of(budget, file("a", "5") + file("b", "6")),
            "the repository has more bytes than an ADD may bring");
  budget.submodules = 1;
  EXPECT_EQ(failure_of(budget, link("a") + link("b")),
            "the repository has more submodules than an ADD may bring");
  budget.path_bytes = 100;
  EXPECT_EQ(failure_of(budget, std::string(101, 'x')),
            "the repository has more bytes in paths than an ADD may bring");
  EXPECT_EQ(failure_of({}, "nothing\0"s), "git lists files in another way");
}

}  // namespace
}  // namespace pinnace::source
