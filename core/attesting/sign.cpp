#include "attesting/sign.hpp"

#include <set>

#include "attesting/facts.hpp"

namespace pinnace::attesting {

json::Table<SignRequest> SignRequest::table() {
  return key_request_table<SignRequest>(
      "SignRequest", "Signs an image, beside it.",
      {{"recursive", &SignRequest::recursive,
        "Whether of an index the image of each platform is signed, too."}});
}

json::Table<SignResult> SignResult::table() {
  return {"SignResult",
          "What was signed.",
          {{"digest", &SignResult::digest, "Of the index or manifest.", json::k_digest},
           {"signatures",
            &SignResult::signatures,
            "The first one is of that digest.",
            {.count = k_max_images + 1}}}};
}

json::Table<SignResult::Signature> SignResult::Signature::table() {
  return {
      "SignResult.Signature",
      "A signature.",
      {{"digest", &Signature::digest, "Of what is signed.", json::k_digest},
       {"signature", &Signature::signature, "Digest of the manifest that has the signature.",
        json::k_digest},
       {"existed", &Signature::existed, "Whether it was there already: nothing was signed then."}}};
}

SignResult perform(const SignRequest& request, const job::JobContext& job) {
  const auto signer = signer_of(request, job.context);
  const Target target(request, job);
  return base::with_context(
      [&] { return "signing " + request.image; },
      [&] {
        SignResult result{target.manifest().digest.str(), {}};
        std::vector<oci::Descriptor> subjects = {target.manifest().descriptor()};
        if (request.recursive && target.manifest().is_index()) {
          for (const oci::Descriptor& image :
               images_of(job.context, target.store(), target.manifest()))
            subjects.push_back(image);
        }
        for (const oci::Descriptor& subject : subjects) {
          const evidence::Placed placed = target.sign(
              subject, *signer, std::string(signing::k_sign_type), nlohmann::json::object());
          result.signatures.push_back({subject.digest.str(), placed.digest.str(), placed.existed});
        }
        return result;
      });
}

}  // namespace pinnace::attesting
