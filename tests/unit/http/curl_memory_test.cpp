#include "http/curl_memory.hpp"

#include <gtest/gtest.h>

namespace pinnace::http {
namespace {

TEST(CurlMemory, WhatIsOlderThanTheStartIsGivenBackToo) {
  curl_slist* list = curl_slist_append(nullptr, "a line");
  ASSERT_NE(list, nullptr);
  ASSERT_EQ(start_curl(), CURLE_OK);
  curl_slist* longer = curl_slist_append(list, "another one");
  EXPECT_EQ(longer, list);
  curl_slist_free_all(longer);
}

}  // namespace
}  // namespace pinnace::http
