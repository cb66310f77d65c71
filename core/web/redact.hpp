#pragma once

#include <string>
#include <string_view>

/// What may be shown of requests and responses in errors and events.
namespace pinnace::web {

/// The URL without user info, and with "REDACTED" for the values of query parameters that can be
/// credentials: tokens, signatures, keys, passwords, upload states. Control characters are escaped.
std::string redact_url(std::string_view url);

/// A piece of a body or header of somebody else for a message: at most 512 bytes, control
/// characters and bytes that are no UTF-8 escaped, credentials behind "Bearer " and "Basic "
/// replaced. User info and known secrets are still in it: who shows a message masks the secrets
/// first, as a part of one that looks like user info would hide it from that
/// (job/guarded_job.hpp).
std::string quote_text(std::string_view text);

}  // namespace pinnace::web
