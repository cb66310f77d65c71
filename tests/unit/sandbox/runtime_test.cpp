#include "sandbox/runtime.hpp"

#include <gtest/gtest.h>

namespace pinnace::sandbox {
namespace {

TEST(CodeOfRefusal, SaysWhatShellsSay) {
  // runc 1.1 and crun 1.8
  EXPECT_EQ(code_of_refusal("runc run failed: unable to start container process: exec: \"x\": "
                            "executable file not found in $PATH"),
            127);
  EXPECT_EQ(
      code_of_refusal("runc run failed: unable to start container process: exec: \"/x\": stat "
                      "/x: no such file or directory"),
      127);
  EXPECT_EQ(code_of_refusal("executable file `x` not found in $PATH: No such file or directory"),
            127);
  EXPECT_EQ(code_of_refusal("runc run failed: unable to start container process: exec: \"/etc\": "
                            "permission denied"),
            126);
  EXPECT_EQ(
      code_of_refusal("runc run failed: unable to start container process: exec: \"/etc\": is "
                      "a directory"),
      126);
  EXPECT_EQ(code_of_refusal("open executable: Permission denied"), 126);
  // Of mounts and directories it is a failure of another kind.
  EXPECT_EQ(code_of_refusal("mount `/x` to `/y`: No such file or directory"), std::nullopt);
  EXPECT_EQ(code_of_refusal("chdir to cwd: permission denied"), std::nullopt);
  EXPECT_EQ(code_of_refusal(""), std::nullopt);
}

}  // namespace
}  // namespace pinnace::sandbox
