#include "helper/frame.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "helper/helper_request.hpp"

namespace pinnace::helper {
namespace {

std::vector<Frame> read(FrameReader& reader, std::string_view bytes) {
  std::vector<Frame> frames;
  reader.add(bytes, [&](Frame frame) { frames.push_back(std::move(frame)); });
  return frames;
}

TEST(Frame, AreTakenAsTheyAreComplete) {
  const std::string bytes =
      frame_header(FrameType::output, 3) + "abc" + frame_header(FrameType::result, 0);
  FrameReader whole;
  EXPECT_EQ(read(whole, bytes).size(), 2U);
  FrameReader single;
  std::vector<Frame> frames;
  for (const char c : bytes) {
    for (Frame& frame : read(single, {&c, 1})) frames.push_back(std::move(frame));
  }
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].type, FrameType::output);
  EXPECT_EQ(frames[0].payload, "abc");
  EXPECT_FALSE(single.is_amidst());
}

TEST(Frame, WhatIsNoneIsAnError) {
  FrameReader reader;
  EXPECT_THROW(read(reader, "error: x\n"), base::Error);
  FrameReader large;
  EXPECT_THROW(read(large, std::string("o\x7f\xff\xff\xff", 5)), base::Error);
}

TEST(HelperRequest, IsReadAsItWasWritten) {
  HelperRequest request;
  request.operation = "run";
  request.users = {{0, 1001, 1}, {1, 100000, 65535}};
  request.network = container::Network::isolated;
  request.ports = {{"127.0.0.1", 8080, 80, false}};
  request.mounts = {{"secret", "/run/secrets/x", {}, "", "", false, false, 0400, 1, 2, 17}};
  const HelperRequest read = parse_helper_request(to_json(request).dump());
  EXPECT_EQ(to_json(read), to_json(request));
  EXPECT_EQ(read.users, request.users);
  EXPECT_EQ(read.mounts.at(0).size, 17U);
}

}  // namespace
}  // namespace pinnace::helper
