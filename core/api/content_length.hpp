#pragma once

#include <cstdint>
#include <optional>

#include "http/client.hpp"

namespace pinnace::api {

/// What Content-Length says, in bytes; nullopt: nothing, or no number.
std::optional<std::uint64_t> content_length(const http::Response& response);

}  // namespace pinnace::api
