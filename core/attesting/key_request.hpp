#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evidence/sign.hpp"
#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "signing/signer.hpp"

namespace pinnace::attesting {

/// Where a signature goes: into a Sigstore bundle that refers to the image, as cosign 3 has it, or
/// under a tag, as cosign 1 and 2 had it.
enum class Format { bundle, tag };

/// What requests have that sign something.
struct KeyRequest : job::JobRequest {
  std::string image;
  std::filesystem::path key;
  std::optional<std::string> key_password;
  std::vector<std::string> key_command;
  Format format = Format::bundle;
  std::optional<std::filesystem::path> environments;

  void check() const;
};

/// The table of a request that is a KeyRequest and has fields of its own.
template <std::derived_from<KeyRequest> T>
json::Table<T> key_request_table(const char* name, const char* sentence,
                                 std::vector<json::Field<T>> own) {
  std::vector<json::Field<T>> fields = {
      {"image", &KeyRequest::image, "Reference."},
      {"key", &KeyRequest::key,
       "File with the private key (PEM); with keyCommand, with the public one."},
      {"keyPassword", &KeyRequest::key_password,
       "Of an encrypted key: file:PATH or env:NAME; null: none."},
      {"keyCommand", &KeyRequest::key_command,
       "Program that signs, with its arguments; null: the key does."},
      {"format", &KeyRequest::format, "How the signature is kept."},
      {"environments", &KeyRequest::environments, "File for env: names; null: none."}};
  fields.insert(fields.end(), own.begin(), own.end());
  return job::request_table<T>(name, sentence, std::move(fields));
}

/// The signer that a request names.
std::unique_ptr<signing::Signer> signer_of(const KeyRequest& request, const base::Context& context);

/// An image that is to be signed.
class Target {
 public:
  Target(const KeyRequest& request, const job::JobContext& job);

  const oci::RawManifest& manifest() const noexcept { return m_manifest; }
  store::BlobStore& store() const noexcept { return *m_present.store; }
  /// Signs a manifest of its place.
  evidence::Placed sign(const oci::Descriptor& subject, const signing::Signer& signer,
                        std::string predicate_type, nlohmann::json predicate) const;

 private:
  const job::JobContext& m_job;
  Format m_format;
  places::Access m_access;
  oci::ImageName m_name;
  places::Located m_present;
  places::Located m_target;
  oci::RawManifest m_manifest;
};

}  // namespace pinnace::attesting

template <>
struct pinnace::json::NamesOf<pinnace::attesting::Format> {
  using Format = attesting::Format;
  static constexpr std::array<std::pair<Format, const char*>, 2> k_names = {
      {{Format::bundle, "bundle"}, {Format::tag, "tag"}}};
};
