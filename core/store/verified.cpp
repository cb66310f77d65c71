#include "store/verified.hpp"

#include <utility>
#include <vector>

#include "base/error.hpp"
#include "hash/hasher.hpp"

namespace pinnace::store {

std::unique_ptr<base::Source> verified(std::unique_ptr<base::Source> source,
                                       const oci::Descriptor& blob, const std::string& what) {
  const auto* promise = dynamic_cast<const hash::VerifyingSource*>(source.get());
  if (promise != nullptr && promise->promises(blob.digest, blob.size)) return source;
  return std::make_unique<hash::VerifyingSource>(std::move(source), blob.digest, blob.size, what);
}

void read_to_end(const base::Context& context, base::Source& source) {
  std::vector<std::byte> buffer(std::size_t{128} * 1024);
  while (source.read(buffer) != 0) context.check();
}

void check_size(std::uint64_t actual, std::uint64_t expected, const std::string& what) {
  if (actual == expected) return;
  throw base::Error(base::ErrorCode::integrity, what + " has " + std::to_string(actual) +
                                                    " bytes, expected " + std::to_string(expected));
}

std::optional<hash::Digest> subject_of(const oci::RawManifest& manifest) {
  const auto subject = manifest.is_index() ? oci::Index::parse(manifest).subject
                                           : oci::Manifest::parse(manifest).subject;
  return subject ? std::optional(subject->digest) : std::nullopt;
}

}  // namespace pinnace::store
