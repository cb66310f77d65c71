#pragma once

#include <functional>
#include <string>

#include "web/url.hpp"

/// Where a peer may lead us: by a redirect, by the URL of an upload, by the realm of its tokens.
namespace pinnace::http {

/// Whether an origin is configured to be spoken to in plain http; empty: none is.
using MayBePlain = std::function<bool(const web::Origin&)>;

/// Why a peer at `from` may not lead us to `to`, as the end of a sentence; empty if it may:
///
/// - https never leads to http.
/// - Plain http is followed on the same host, on loopback, and to an origin that is configured so.
///   Who took loopback, or one host, for safe in plain text has said nothing of others.
/// - Who is not on this machine does not lead to it: that would open what listens here only.
std::string why_not_led(const web::Origin& from, const web::Origin& to,
                        const MayBePlain& configured);

}  // namespace pinnace::http
