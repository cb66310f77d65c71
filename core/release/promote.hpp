#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "config/environments.hpp"
#include "store/blob_store.hpp"
#include "transfer/copy.hpp"

namespace pinnace::release {

/// One image on its way into an environment.
struct Promotion {
  store::BlobStore* source = nullptr;
  hash::Digest digest;  ///< of what is promoted: facts are read by digest, names are not trusted
  store::BlobStore* target = nullptr;
  std::string tag;  ///< may be empty
  /// Whether it may be taken from another image, where the environment's tags aren't immutable.
  transfer::Tags tags = transfer::Tags::move;
  transfer::Repair repair = transfer::Repair::no;
  /// An environment that the target admits from, and the image's repository there, when it is
  /// asked for.
  struct Origin {
    std::string environment;
    std::function<std::shared_ptr<store::BlobStore>()> open;
  };
  std::vector<Origin> admitted_from = {};
};

/// Copies by digest with what is attached to it, but for images, and reads the target again: what
/// it holds is what was asked for. One origin that has the image is enough; of others that can't be
/// asked, a warning tells. Throws conflict, before anything is written, if the environment does not
/// admit the image (what asking one of its origins throws, if all others say no), or its tag there
/// must not move and is taken by another one, and if it was taken in the meantime, before the tag
/// is written (store::BlobStore::put_unmoved); unsupported for rules that this version can't check.
transfer::CopyResult promote(const base::Context& context, const config::Environment& environment,
                             const Promotion& promotion);

}  // namespace pinnace::release
