#include "verbs/ping.hpp"

#include "base/error.hpp"
#include "oci/reference.hpp"

namespace pinnace::verbs {

json::Table<PingRequest> PingRequest::table() {
  return job::request_table<PingRequest>(
      "PingRequest", "Asks a registry whether it is there and takes the credentials.",
      {{"registry", &PingRequest::registry,
        "host[:port], or host[:port]/path whose credentials are used."}});
}

json::Table<PingResult> PingResult::table() {
  return {"PingResult",
          "The registry is there.",
          {{"registry", &PingResult::registry, "As it was asked for.", job::k_line},
           {"url", &PingResult::url, "What was asked.", job::k_line}}};
}

namespace {

/// A repository of "host[:port]" or "host[:port]/path".
oci::Reference repository_of(const std::string& registry) {
  const bool has_path = registry.find('/') != std::string::npos;
  oci::Reference reference = oci::Reference::parse(has_path ? registry : registry + "/pinnace");
  if (reference.bare() != reference ||
      registry.compare(0, reference.domain().size(), reference.domain()) != 0) {
    throw base::Error(base::ErrorCode::invalid_input,
                      "\"" + registry + "\": expected host[:port] or host[:port]/path");
  }
  return reference;
}

}  // namespace

void PingRequest::check() const {
  (void)repository_of(registry);
}

PingResult perform(const PingRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places());
  const oci::Reference reference = repository_of(request.registry);
  const auto client = access.client(reference.domain());
  http::Request question;
  question.method = "GET";
  question.url = client->url("/v2/");
  client->expect(job.context, question, api::Scopes::pull(reference.repository()), {200});
  return {request.registry, question.url};
}

}  // namespace pinnace::verbs
