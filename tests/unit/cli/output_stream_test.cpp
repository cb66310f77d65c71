#include "cli/output/output_stream.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::cli {
namespace {

class OutputPipe : public testing::Test {
 protected:
  OutputPipe() {
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    m_reading.reset(ends[0]);
    m_writing.reset(ends[1]);
  }
  files::UniqueFd m_reading;
  files::UniqueFd m_writing;
  std::stop_source m_stop;
};

TEST_F(OutputPipe, WhatNobodyReadsAnyMoreIsNoError) {
  OutputStream stream(m_writing.get(), "standard output");
  stream.write("one", m_stop.get_token());
  EXPECT_FALSE(stream.is_unread());
  m_reading.reset();
  stream.write("two", m_stop.get_token());
  EXPECT_TRUE(stream.is_unread());
  EXPECT_NO_THROW(stream.check());
}

TEST_F(OutputPipe, WhoDoesNotReadIsNotWaitedForAfterAStop) {
  OutputStream stream(m_writing.get(), "standard output");
  m_stop.request_stop();
  stream.write(std::string(1 << 20, 'x'), m_stop.get_token());
  EXPECT_TRUE(stream.is_unread());
}

TEST_F(OutputPipe, WhatIsLostIsSaid) {
  OutputStream stream(m_reading.get(), "standard output");
  stream.write("x", m_stop.get_token());
  EXPECT_FALSE(stream.is_unread());
  EXPECT_THROW(stream.check(), base::Error);
}

}  // namespace
}  // namespace pinnace::cli
