#include <gtest/gtest.h>

#include <algorithm>

#include "files/file.hpp"
#include "jobs/list.hpp"

namespace pinnace::jobs {
namespace {

TEST(Schema, IsWhatIsCommitted) {
  const std::filesystem::path file =
      std::filesystem::path(PINNACE_SOURCE_DIR) / "docs/formats/job-protocol.schema.json";
  EXPECT_TRUE(files::read_file(file, std::size_t{1} << 20) == protocol_schema().dump(1) + "\n")
      << "a table of a job was changed; scripts/protocol writes " << file;
}

TEST(Schema, OfOneJobHasNoOther) {
  const json::Schema schema = protocol_schema({job_type_of("run")});
  EXPECT_EQ(schema.at("jobs").size(), 1U);
  EXPECT_TRUE(schema.at("jobs").at("run").at("startsContainers"));
  std::vector<std::string> names;
  for (const auto& [name, definition] : schema.at("$defs").items()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"RunRequest", "Sandbox", "RunResult", "Ready",
                                             "Ready.Port"}));
}

TEST(JobTypes, AreSorted) {
  EXPECT_TRUE(std::is_sorted(job_types().begin(), job_types().end(),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));
}

}  // namespace
}  // namespace pinnace::jobs
