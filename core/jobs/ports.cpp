#include "jobs/ports.hpp"

#include <charconv>

#include "base/error.hpp"

namespace pinnace::jobs {

using base::Error;
using base::ErrorCode;

namespace {

std::uint16_t number(std::string_view text, std::uint16_t least, const std::string& whole) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least) return value;
  throw Error(ErrorCode::invalid_input,
              "port \"" + whole + "\": expected [ADDRESS:][HOST:]CONTAINER[/udp]");
}

}  // namespace

run::PublishedPort parse_port(const std::string& text) {
  run::PublishedPort port;
  std::string_view rest = text;
  if (rest.ends_with("/udp")) port.udp = true;
  rest = rest.substr(0, rest.find('/'));
  const std::size_t last = rest.rfind(':');
  port.container_port = number(rest.substr(last + 1), 1, text);  // npos + 1 is 0
  if (last == std::string_view::npos) return port;
  rest = rest.substr(0, last);
  const std::size_t first = rest.rfind(':');
  port.host_port = number(rest.substr(first + 1), 0, text);
  if (first != std::string_view::npos) port.address = rest.substr(0, first);
  return port;
}

run::Mount parse_volume(const std::string& text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  const std::string options = second == std::string::npos ? "" : text.substr(second + 1);
  const std::string target =
      first == std::string::npos ? "" : text.substr(first + 1, second - first - 1);
  if (!text.starts_with('/') || !target.starts_with('/') ||
      (!options.empty() && options != "ro" && options != "rw"))
    throw Error(ErrorCode::invalid_input,
                "volume \"" + text + "\": expected /HOST/PATH:/CONTAINER/PATH[:ro]");
  return {target, run::HostMount{text.substr(0, first), options != "ro"}};
}

std::string published_url(const std::string& url, const std::vector<run::PublishedPort>& ports) {
  if (!url.starts_with(':')) return url;
  const std::size_t slash = url.find('/');
  const std::uint16_t wanted = number(url.substr(1, slash - 1), 1, url);
  for (const run::PublishedPort& port : ports) {
    if (port.container_port == wanted && !port.udp)
      return "http://" + port.address + ":" + std::to_string(port.host_port) +
             (slash == std::string::npos ? "/" : url.substr(slash));
  }
  throw Error(ErrorCode::invalid_input, url + " is to be waited for, and port " +
                                            std::to_string(wanted) + " is not published (run -p " +
                                            std::to_string(wanted) + ")");
}

}  // namespace pinnace::jobs
