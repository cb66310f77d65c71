#pragma once

#include <curl/curl.h>

namespace pinnace::http {

/// Starts libcurl with memory that is wiped when it is given back: curl copies the headers of a
/// request, and with them credentials, into lists and buffers of its own. Where somebody else in
/// this process has started the same libcurl, it keeps the memory that it has.
CURLcode start_curl() noexcept;

}  // namespace pinnace::http
