#include "attesting/attest.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "files/file.hpp"

namespace pinnace::attesting {

namespace {

/// Within what verify reads, in base64 and twice in an envelope.
constexpr std::size_t k_max_predicate = std::size_t{16} << 20;

nlohmann::json read_predicate(const std::filesystem::path& file) {
  const std::string what = base::shown(file.string());
  nlohmann::json predicate = json::parse(files::read_file(file, k_max_predicate), what);
  (void)json::Node(predicate, what).object();
  return predicate;
}

}  // namespace

json::Table<AttestRequest> AttestRequest::table() {
  return key_request_table<AttestRequest>(
      "AttestRequest", "Says something of an image, signed, beside it.",
      {{"predicate", &AttestRequest::predicate, "File with what is said: a JSON object."},
       {"type", &AttestRequest::type,
        "Predicate type: a URI, or a short name of cosign's (spdxjson, cyclonedx, "
        "slsaprovenance1)."}});
}

json::Table<AttestResult> AttestResult::table() {
  return {"AttestResult",
          "What was said.",
          {{"digest", &AttestResult::digest, "Of the index or manifest.", json::k_digest},
           {"type", &AttestResult::type, "Predicate type, as a URI.", job::k_line},
           {"attestation", &AttestResult::attestation, "Digest of the manifest that has it.",
            json::k_digest},
           {"existed", &AttestResult::existed,
            "Whether it was there already: nothing was signed then."}}};
}

void AttestRequest::check() const {
  KeyRequest::check();
  // Else whoever may choose the type makes signatures.
  if (signing::predicate_type_of(type) == signing::k_sign_type)
    throw base::Error(base::ErrorCode::invalid_input,
                      "type: " + type + " is a signature: expected another type, or use sign");
}

AttestResult perform(const AttestRequest& request, const job::JobContext& job) {
  const std::string type = signing::predicate_type_of(request.type);
  nlohmann::json predicate = read_predicate(request.predicate);
  const auto signer = signer_of(request, job.context);
  const Target target(request, job);
  return base::with_context([&] { return "attesting " + request.image; },
                            [&] {
                              const evidence::Placed placed =
                                  target.sign(target.manifest().descriptor(), *signer, type,
                                              std::move(predicate));
                              return AttestResult{target.manifest().digest.str(), type,
                                                  placed.digest.str(), placed.existed};
                            });
}

}  // namespace pinnace::attesting
