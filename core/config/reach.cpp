#include "config/reach.hpp"

namespace pinnace::config {

void apply(const std::shared_ptr<const Registries>& registries, http::Options& options,
           http::RetryPolicy& policy) {
  const TransferSettings& settings = registries->transfer();
  if (settings.silence) options.stall = *settings.silence;
  if (settings.attempts) policy.attempts = *settings.attempts;
  if (settings.give_up_after) policy.total = *settings.give_up_after;
  options.may_be_plain = [registries](const web::Origin& to) {
    return registries->may_be_plain(to.host, to.port);
  };
  options.ca_of = [registries](const web::Origin& origin) { return registries->ca_of(origin); };
}

void refuse_loopback(const std::shared_ptr<const Registries>& registries, http::Options& options) {
  options.why_no_loopback = [registries](const web::Origin& origin) -> std::string {
    if (registries->names(origin)) return {};
    return "expected " + origin.host + ":" + origin.port +
           " among the registries of registries.yaml, which allows it "
           "(docs/formats/registries.md)";
  };
}

}  // namespace pinnace::config
