#include "files/look.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "files/cache_files.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
namespace {

namespace fs = std::filesystem;

enum class Answer { yes, no, nothing, failed };

Answer ask(bool (*look)(const fs::path&), const fs::path& path) {
  try {
    return look(path) ? Answer::yes : Answer::no;
  } catch (const base::Error& error) {
    EXPECT_NE(error.message().find(path.string()), std::string::npos) << error.what();
    if (error.code() == base::ErrorCode::invalid_input) return Answer::nothing;
    EXPECT_EQ(error.code(), base::ErrorCode::io) << error.what();
    return Answer::failed;
  }
}

struct Case {
  const char* path;
  Answer exists;
  Answer is_file;
  Answer is_directory;
};

TEST(Look, TellsFoundAbsentAndFailedApart) {
  const test_support::TemporaryDirectory directory;
  const fs::path& root = directory.path();
  std::ofstream(root / "file") << "text";
  fs::create_symlink("file", root / "link");
  fs::create_symlink("loop", root / "loop");
  fs::create_symlink("nowhere", root / "dangling");
  using enum Answer;
  const Case cases[] = {
      {".", yes, no, yes},
      {"file", yes, yes, no},
      {"link", yes, yes, no},
      {"absent", no, no, no},
      {"absent/deeper", no, no, no},
      {"file/deeper", no, no, no},
      {"dangling", nothing, nothing, nothing},
      {"loop", failed, failed, failed},
      {"loop/deeper", failed, failed, failed},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(ask(exists, root / row.path), row.exists) << row.path;
    EXPECT_EQ(ask(is_file, root / row.path), row.is_file) << row.path;
    EXPECT_EQ(ask(is_directory, root / row.path), row.is_directory) << row.path;
    EXPECT_EQ(ask(is_file_for_us, root / row.path), row.is_file == nothing ? no : row.is_file);
  }
  EXPECT_TRUE(link_status(root / "dangling"));
  EXPECT_TRUE(link_status(root / "loop"));
  EXPECT_FALSE(link_status(root / "absent"));
  EXPECT_EQ(ask(is_writable, root / "file"), yes);
  EXPECT_EQ(ask(is_writable, root / "absent"), no);
  EXPECT_EQ(ask(is_writable, root / "loop"), failed);
  EXPECT_EQ(read_file_if_any(root / "file", 10), "text");
  EXPECT_EQ(read_file_if_any(root / "absent", 10), std::nullopt);
  for (const char* name : {"loop", "dangling"}) {
    EXPECT_THROW(read_file_if_any(root / name, 10), base::Error) << name;
  }
  EXPECT_FALSE(status_of_target(root / "dangling"));
}

/// As files of a cache are named.
std::string digest_name(char digit) {
  return std::string(64, digit);
}

TEST(CacheFiles, GoByAgeAndSize) {
  const test_support::TemporaryDirectory directory;
  const fs::path& root = directory.path();
  const auto now = std::chrono::system_clock::now();
  const auto write = [&](const std::string& name, int hours) {
    std::ofstream(root / name) << "12345";
    const auto used = fs::file_time_type::clock::now() - std::chrono::hours(hours);
    fs::last_write_time(root / name, used);
  };
  const std::string oldest = digest_name('a') + ".json";
  const std::string old = digest_name('b') + "-files";
  const std::string fresh = digest_name('c');
  const std::vector<std::string> foreign = {"key", "a.png", digest_name('d') + "d",
                                            digest_name('D'), digest_name('e') + "x"};
  for (const std::string& name : foreign) write(name, 100);
  write(oldest, 90);
  write(old, 50);
  write(fresh, 1);
  write(".pinnace-tmp-left", 1);
  Collected done = collect_cache_files(root, {100, now - std::chrono::hours(60)});
  EXPECT_EQ(done.removed_files, 2U) << "the oldest, and what a killed process left";
  EXPECT_EQ(done.removed_bytes, 10U);
  EXPECT_EQ(done.kept_bytes, 10U);
  EXPECT_FALSE(files::exists(root / oldest));
  done = collect_cache_files(root, {9, {}});
  EXPECT_FALSE(files::exists(root / old));
  EXPECT_TRUE(files::exists(root / fresh));
  done = collect_cache_files(root, {0, {}});
  EXPECT_EQ(done.kept_bytes, 0U);
  for (const std::string& name : foreign) EXPECT_TRUE(files::exists(root / name)) << name;
  EXPECT_EQ(collect_cache_files(root / "absent", {}).removed_files, 0U);
  fs::create_symlink("loop", root / "loop");
  EXPECT_THROW(collect_cache_files(root / "loop", {}), base::Error);
}

/// Whether the links lead where whoever made the directory "made" may lead us.
TEST(Look, LinksThatLeadOutOfACheckoutAreRefused) {
  const test_support::TemporaryDirectory directory;
  const fs::path root = fs::canonical(directory.path());
  const fs::path made = root / "made";
  fs::create_directories(made / "sub");
  fs::create_directories(root / "made2");
  for (const fs::path& file : {root / "secret", made / "file", made / "sub/file"})
    std::ofstream(file) << "text";
  fs::create_directory_symlink(root, made / "up");
  struct Link {
    const char* name;
    fs::path target;
    bool leads_out;
    bool leads_out_of_checkout = leads_out;
  };
  for (const Link& link : std::vector<Link>{{"a", "file", false},
                                            {"b", "sub/file", false},
                                            {"c", "sub/../file", false},
                                            {"d", made / "file", false},
                                            {"e", "none", false},
                                            {"f", "../made/file", false},
                                            {"g", "../secret", true},
                                            {"h", root / "secret", true},
                                            {"i", "up/secret", true},
                                            {"j", "g", true},
                                            {"k", "../none", true},
                                            {"l", "/none/at/all", true},
                                            {"m", "up/none", true},
                                            {"n", "../made2/x", true},
                                            {"sub/o", "../file", true, false},
                                            {"sub/p", "../none", true, false},
                                            {"sub/q", "../../secret", true}}) {
    fs::create_symlink(link.target, made / link.name);
    for (const bool in_checkout : {false, true}) {
      if (in_checkout) fs::create_directory(made / ".git");
      std::string message;
      try {
        refuse_link_out(made / link.name);
      } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
        message = error.what();
      }
      const bool refused = in_checkout ? link.leads_out_of_checkout : link.leads_out;
      EXPECT_EQ(message.find("is a link that leads out of " + made.string()) != std::string::npos,
                refused)
          << link.name << (in_checkout ? " in a checkout: " : ": ") << message;
      fs::remove(made / ".git");
    }
  }
  EXPECT_NO_THROW(refuse_link_out(made / "file"));
  EXPECT_NO_THROW(refuse_link_out(made / "absent"));
  EXPECT_NO_THROW(refuse_link_out("/dev/stdin"));
  EXPECT_NO_THROW(refuse_link_out(made / "up/secret")) << "the file itself is named";
}

}  // namespace
}  // namespace pinnace::files
