#include "container/ports.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::container {
namespace {

/// As ps shows it.
std::string shown(const std::string& text) {
  const base::PublishedPort port = parse_port(text);
  return port.address + ":" + std::to_string(port.host_port) + "->" +
         std::to_string(port.container_port) + (port.udp ? "/udp" : "");
}

std::string complaint(const std::string& text) {
  try {
    return shown(text);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << text;
    return error.what();
  }
}

TEST(Port, IsWrittenAsForDocker) {
  EXPECT_EQ(shown("80"), "127.0.0.1:0->80");
  EXPECT_EQ(shown("80/tcp"), "127.0.0.1:0->80");
  EXPECT_EQ(shown("80/TCP"), "127.0.0.1:0->80");
  EXPECT_EQ(shown("53/udp"), "127.0.0.1:0->53/udp");
  EXPECT_EQ(shown("5300:53/UDP"), "127.0.0.1:5300->53/udp");
  EXPECT_EQ(shown("0.0.0.0:8080:80"), "0.0.0.0:8080->80");
  EXPECT_EQ(shown("127.0.0.2:0:80"), "127.0.0.2:0->80");
  EXPECT_EQ(shown("127.0.0.2::80"), "127.0.0.2:0->80");
}

TEST(Port, SaysWhatIsWrong) {
  const std::string form = ", expected [ADDRESS:][HOST:]CONTAINER[/udp]";
  for (const char* text :
       {"", "/udp", "0", "65536", "80:", ":", "a:80", "-1:80", "8080:80x", "8000-8010:80"}) {
    EXPECT_EQ(complaint(text), "port \"" + std::string(text) + "\"" + form);
  }
  for (const char* text : {"80/sctp", "80/xyz", "80/udp/tcp", "80/"})
    EXPECT_EQ(complaint(text),
              "port \"" + std::string(text) + "\" is neither of /tcp nor of /udp" + form);
  for (const char* text : {"[::1]:18086:80", "::1:80:80", "localhost:80:80", "1.2.3:80:80",
                           "1.2.3.4.5:80:80", ":80:80"})
    EXPECT_EQ(complaint(text), "port \"" + std::string(text) +
                                   "\": its address is no IPv4 address, as containers have" + form);
}

TEST(Port, OfAWaitIsThePublishedOne) {
  const std::vector<base::PublishedPort> ports = {{"127.0.0.1", 5300, 80, true},
                                                  {"127.0.0.1", 8080, 80, false}};
  EXPECT_EQ(published_url(":80/x", ports), "http://127.0.0.1:8080/x");
  EXPECT_EQ(published_url(":80", ports), "http://127.0.0.1:8080/");
  EXPECT_EQ(published_url("http://127.0.0.1:9/", ports), "http://127.0.0.1:9/");
  EXPECT_EQ(published_url("https://h/", ports), "https://h/");
  for (const char* text : {":81/", "", "80", "localhost:80/", "/health", "ftp://h/"})
    EXPECT_THROW(published_url(text, ports), base::Error) << text;
}

}  // namespace
}  // namespace pinnace::container
