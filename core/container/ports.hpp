#pragma once

#include <string>
#include <vector>

#include "container/container.hpp"

namespace pinnace::container {

/// "[ADDRESS:][HOST:]CONTAINER[/tcp|/udp]", the address one of IPv4: 127.0.0.1, any free port of
/// the host, and TCP, unless said. Throws invalid_input.
base::PublishedPort parse_port(const std::string& text);
/// "HOST:CONTAINER[:ro]", the host's path absolute.
container::Mount parse_volume(const std::string& text);
/// A URL; ":PORT/path" stands for where that port of the container was published. Throws
/// invalid_input if it was not, and for what is neither.
std::string published_url(const std::string& url, const std::vector<base::PublishedPort>& ports);

}  // namespace pinnace::container
