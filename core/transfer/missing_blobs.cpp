#include "transfer/missing_blobs.hpp"

#include <utility>

#include "base/error.hpp"
#include "store/missing_blobs.hpp"

namespace pinnace::transfer {

void put_with_blobs(const base::Context& context, store::BlobStore& target,
                    std::vector<Offer>& offered, const std::function<void()>& put) {
  try {
    return put();
  } catch (const store::MissingBlobs& missing) {
    if (offered.empty()) throw;
    context.warn(std::string(missing.what()) + "; what is missing is sent");
  }
  for (const Offer& offer : std::exchange(offered, {})) {
    context.check();
    if (target.has_blob(context, offer.blob)) continue;
    base::with_context(
        [&] { return "sending blob " + offer.blob.digest.str() + " to " + target.where(); },
        [&] {
          // Without its source: it is mounted from nowhere.
          target.repair_blob(context, offer.blob, [&] { return offer.open(context); });
        });
  }
  put();
}

}  // namespace pinnace::transfer
