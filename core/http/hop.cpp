#include "http/hop.hpp"

#include "web/host.hpp"

namespace pinnace::http {

namespace {

bool may_be_plain(const web::Origin& from, const web::Origin& to, const MayBePlain& configured) {
  return to.host == from.host || (web::is_loopback(from.host) && web::is_loopback(to.host)) ||
         (configured && configured(to));
}

}  // namespace

std::string why_not_led(const web::Origin& from, const web::Origin& to,
                        const MayBePlain& configured) {
  if (from.scheme == "https" && to.scheme == "http") return "from https to plain http";
  if (web::is_loopback(to.host) && !web::is_loopback(from.host))
    return "from another machine to this one";
  if (to.scheme == "http" && !may_be_plain(from, to, configured))
    return "to plain http on another host, which is not configured so (plainHttp)";
  return {};
}

}  // namespace pinnace::http
