#include "container/program.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::container {
namespace {

using Texts = std::vector<std::string>;

container::Container container_of(const oci::Execution& execution,
                                  const ProgramWishes& wishes = {}) {
  container::Container container;
  set_program(container, execution, wishes, "oci:x");
  return container;
}

oci::Execution image() {
  oci::Execution execution;
  execution.entrypoint = {"/app"};
  execution.command = {"serve", "all"};
  execution.environment = oci::Variables({"PATH=/bin", "A=1", "A=2", "B"});
  execution.user = "app:web";
  execution.directory = "/srv";
  execution.stop_signal = "SIGINT";
  return execution;
}

TEST(SetProgram, RunsWhatTheImageSays) {
  const container::Container container = container_of(image());
  EXPECT_EQ(container.arguments, (Texts{"/app", "serve", "all"}));
  EXPECT_EQ(container.environment, (Texts{"PATH=/bin", "A=2", "B="}));
  EXPECT_EQ(container.user, "app:web");
  EXPECT_EQ(container.directory, "/srv");
  EXPECT_EQ(container.stop_signal, 2);
}

TEST(SetProgram, RunsWhatIsWantedInstead) {
  const container::Container container =
      container_of(image(), {{"ls"}, {{"A", "3"}, {"C", ""}}, "", "/tmp"});
  EXPECT_EQ(container.arguments, (Texts{"/app", "ls"})) << "behind the entry point";
  EXPECT_EQ(container.environment, (Texts{"PATH=/bin", "A=3", "B=", "C="}));
  EXPECT_EQ(container.user, "") << "root";
  EXPECT_EQ(container.directory, "/tmp");
}

TEST(SetProgram, AnImageMaySayNothing) {
  const container::Container container = container_of({}, {{"/bin/x"}, {}, {}, {}});
  EXPECT_EQ(container.arguments, Texts{"/bin/x"});
  EXPECT_EQ(container.environment, Texts{std::string("PATH=") + oci::k_default_path});
  EXPECT_EQ(container.user, "");
  EXPECT_EQ(container.directory, "/");
  EXPECT_EQ(container.stop_signal, 15);
  oci::Execution empty;
  empty.directory = "";
  EXPECT_EQ(container_of(empty, {{"x"}, {}, {}, {}}).directory, "/");
  empty.directory = "srv";
  EXPECT_EQ(container_of(empty, {{"x"}, {}, {}, {}}).directory, "/srv");
}

TEST(SetProgram, WithoutAProgramThereIsNoContainer) {
  try {
    container_of({});
    FAIL() << "nothing was thrown";
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "oci:x has no command; say one");
  }
}

}  // namespace
}  // namespace pinnace::container
