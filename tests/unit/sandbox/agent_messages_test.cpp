#include "sandbox/network/agent_messages.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "helper/frame.hpp"

namespace pinnace::sandbox {
namespace {

std::string text(std::string_view value) {
  return helper::encode_size(value.size()) + std::string(value);
}

TEST(AgentMessages, AContainerMayListAndSignAndBind) {
  EXPECT_TRUE(may_ask_agent("\x0b"));
  EXPECT_TRUE(may_ask_agent("\x0d" + text("key") + text("data") + std::string(4, '\0')));
  EXPECT_TRUE(may_ask_agent("\x1b" + text("session-bind@openssh.com") + text("key")));
}

TEST(AgentMessages, NothingElse) {
  for (int type = 0; type < 256; ++type) {
    if (type == 11 || type == 13) continue;
    EXPECT_FALSE(may_ask_agent(std::string(1, static_cast<char>(type)))) << type;
  }
  EXPECT_FALSE(may_ask_agent(""));
  for (const std::string& name :
       {text("query"), text("session-bind@openssh.com.x"),
        text("restrict-destination-v00@openssh.com"), std::string("session-bind@openssh.com"),
        text("session-bind@openssh.com").substr(0, 20), std::string("\0\0", 2),
        std::string("\xff\xff\xff\xffsession-bind@openssh.com")})
    EXPECT_FALSE(may_ask_agent("\x1b" + name)) << name;
}

TEST(AgentMessages, AreTakenOneAfterTheOther) {
  std::string received = text("one") + text("") + text("three").substr(0, 8);
  EXPECT_EQ(take_agent_message(received), text("one"));
  EXPECT_EQ(take_agent_message(received), text(""));
  EXPECT_EQ(take_agent_message(received), std::nullopt);
  received += "e";
  EXPECT_EQ(take_agent_message(received), text("three"));
  EXPECT_EQ(take_agent_message(received), std::nullopt);
}

TEST(AgentMessages, HaveABound) {
  std::string most = helper::encode_size(k_max_agent_message);
  EXPECT_EQ(take_agent_message(most), std::nullopt);
  std::string more = helper::encode_size(k_max_agent_message + 1);
  EXPECT_THROW(take_agent_message(more), base::Error);
}

TEST(AgentMessages, ARefusalIsAFailure) {
  EXPECT_EQ(agent_failure(), text("\x05"));
}

}  // namespace
}  // namespace pinnace::sandbox
