#include "sandbox/runtime/runtime.hpp"

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

TEST(Listens, TellsTheLocalPortOfASocketThatListens) {
  const std::string table =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
      "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000\n"
      "   1: 0100007F:0016 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0\n"
      "   2: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 0:0\n";
  EXPECT_TRUE(listens(table, 8080));
  EXPECT_TRUE(listens(table, 443));
  EXPECT_FALSE(listens(table, 22)) << "connected, not listening";
  EXPECT_FALSE(listens(table, 80)) << "the other side's";
  EXPECT_FALSE(listens(table, 0x0F90)) << "the end of another number";
  EXPECT_FALSE(listens("", 80));
}

TEST(RefusalIn, IsTheLastErrorOfTheLog) {
  EXPECT_EQ(refusal_in(R"({"level":"warning","msg":"w"})"
                       "\n"
                       R"({"level":"error","msg":"first"})"
                       "\n"
                       R"({"level":"error","msg":"last","time":"t"})"
                       "\n"),
            "last");
  EXPECT_EQ(refusal_in("no JSON\n[1]\n{\"level\":\"error\"}\n"), "");
  EXPECT_EQ(refusal_in(R"({"level":"error","msg":"cut off)"), "");
}

}  // namespace
}  // namespace pinnace::sandbox
