#include "container/ports.hpp"

#include <arpa/inet.h>

#include <cctype>
#include <charconv>

#include "base/error.hpp"
#include "text/path.hpp"

namespace pinnace::container {

using base::Error;
using base::ErrorCode;

namespace {

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw Error(ErrorCode::invalid_input, "port \"" + std::string(text) + "\"" + why +
                                            ", expected [ADDRESS:][HOST:]CONTAINER[/udp]");
}

std::uint16_t number(std::string_view text, std::uint16_t least, std::string_view whole) {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least) refuse(whole, "");
  return value;
}

/// Of "/tcp", "/udp" and nothing, as they are written.
bool is_udp(std::string_view protocol, std::string_view whole) {
  std::string lower(protocol);
  for (char& letter : lower)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  if (!lower.empty() && lower != "/tcp" && lower != "/udp")
    refuse(whole, " is neither of /tcp nor of /udp");
  return lower == "/udp";
}

std::string ipv4(std::string_view text, std::string_view whole) {
  const std::string address(text);
  in_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1)
    refuse(whole, ": its address is no IPv4 address, as containers have");
  return address;
}

}  // namespace

base::PublishedPort parse_port(const std::string& text) {
  base::PublishedPort port;
  const std::string_view whole = text;
  std::string_view rest = whole.substr(0, whole.find('/'));
  const std::size_t last = rest.rfind(':');
  port.container_port = number(rest.substr(last + 1), 1, text);  // npos + 1 is 0
  port.udp = is_udp(whole.substr(rest.size()), text);
  if (last == std::string_view::npos) return port;
  rest = rest.substr(0, last);
  const std::size_t first = rest.rfind(':');
  const std::string_view host = rest.substr(first + 1);
  const bool is_any = host.empty() && first != std::string_view::npos;  // "127.0.0.1::80"
  port.host_port = is_any ? 0 : number(host, 0, text);
  if (first != std::string_view::npos) port.address = ipv4(rest.substr(0, first), text);
  return port;
}

container::Mount parse_volume(const std::string& text) {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string::npos ? first : text.find(':', first + 1);
  const std::string options = second == std::string::npos ? "" : text.substr(second + 1);
  const std::string target =
      first == std::string::npos ? "" : text.substr(first + 1, second - first - 1);
  if (!text.starts_with('/') || !target.starts_with('/') ||
      (!options.empty() && options != "ro" && options != "rw"))
    throw Error(ErrorCode::invalid_input,
                "volume \"" + text + "\": expected /HOST/PATH:/CONTAINER/PATH[:ro]");
  if (text::clean_path(target) == "/")
    throw Error(
        ErrorCode::invalid_input,
        "volume \"" + text +
            "\": nothing can be mounted at the root directory; expected a path below it, as "
            "/HOST/PATH:/data");
  return {target, container::HostMount{text.substr(0, first), options != "ro"}};
}

std::string published_url(const std::string& url, const std::vector<base::PublishedPort>& ports) {
  if (url.starts_with("http://") || url.starts_with("https://")) return url;
  if (!url.starts_with(':'))
    throw Error(ErrorCode::invalid_input, "\"" + url +
                                              "\" can't be waited for, expected :PORT/PATH of a "
                                              "published port, or http://HOST:PORT/PATH");
  const std::size_t slash = url.find('/');
  const std::uint16_t wanted = number(url.substr(1, slash - 1), 1, url);
  for (const base::PublishedPort& port : ports) {
    if (port.container_port == wanted && !port.udp)
      return "http://" + port.address + ":" + std::to_string(port.host_port) +
             (slash == std::string::npos ? "/" : url.substr(slash));
  }
  throw Error(ErrorCode::invalid_input, url + " is to be waited for, and port " +
                                            std::to_string(wanted) + " is not published (run -p " +
                                            std::to_string(wanted) + ")");
}

}  // namespace pinnace::container
