#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/client.hpp"

namespace pinnace::api {

/// The target of the link with the relation "next" in the Link headers of a response (RFC 8288), as
/// it stands there; nullopt if there is none. Throws invalid_input for several, and for a header
/// that may have one and can't be understood: a list must not end before its end.
std::optional<std::string> next_link(const std::vector<std::string_view>& headers);

/// Takes a page of a list; returns how many of its entries no page had before.
using TakePage = std::function<std::size_t(const http::Response&)>;

/// Hands every page of a list to `take`; false at once if the registry answers 404, 405 or 501 to
/// the first. Throws unavailable for a list that leads in a circle, to another host, over more than
/// 10,000 pages or 64 MiB, or over some pages one after the other that have nothing new.
bool for_each_page(const base::Context& context, Client& client, std::string url,
                   const Scopes& scopes, const TakePage& take);

}  // namespace pinnace::api
