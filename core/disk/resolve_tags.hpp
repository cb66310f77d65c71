#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "store/blob_store.hpp"

namespace pinnace::disk {

/// Where each of these tags of a store leads; nullopt for one that is not there. A layout or an
/// archive goes through its index once for all of them, where asking for each would take hours; of
/// another store 16 are asked for at a time, with progress. Throws as BlobStore::resolve().
std::vector<std::optional<hash::Digest>> resolve_tags(const base::Context& context,
                                                      store::BlobStore& store,
                                                      const std::vector<std::string>& tags);

}  // namespace pinnace::disk
