#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "api/client.hpp"
#include "registry/blob_download.hpp"
#include "store/blob_store.hpp"

namespace pinnace::registry {

class UploadSession;

/// A repository of a registry as a BlobStore, by the OCI distribution specification 1.1.
///
/// put_blob() asks with POST ?mount=&from= whether the blob is there, names the source's repository
/// if that is of the same registry and its own otherwise, and gets either the blob (201) or an
/// upload session (202): one request instead of two. A registry that knows no mounts answers
/// 202 always; blobs from 1 MiB on are asked for with HEAD then, smaller ones are sent again.
/// repair_blob() reads the blob, and again after it replaced a damaged one: registries exist that
/// keep what they have. It throws integrity then.
/// Downloads continue by Range where a connection broke; uploads continue where the registry tells
/// how far it got, else start over; sessions that are given up are deleted.
class Repository : public store::BlobStore {
 public:
  /// `name` without the domain: "shop/web".
  Repository(std::shared_ptr<api::Client> client, std::string name);

  std::string where() const override;
  const std::string& name() const noexcept { return m_name; }
  const std::shared_ptr<api::Client>& client() const noexcept { return m_client; }

  bool is_remote() const override { return true; }
  bool has_blob(const base::Context& context, const oci::Descriptor& blob) override;
  std::unique_ptr<base::Source> open_blob(const base::Context& context,
                                          const oci::Descriptor& blob) override;
  store::PutOutcome put_blob(const base::Context& context, const oci::Descriptor& blob,
                             const base::OpenSource& open,
                             const BlobStore* from = nullptr) override;
  store::PutOutcome repair_blob(const base::Context& context, const oci::Descriptor& blob,
                                const base::OpenSource& open,
                                const BlobStore* from = nullptr) override;
  std::unique_ptr<store::BlobWriter> create_blob(const base::Context& context) override;

  std::optional<oci::RawManifest> find_manifest(const base::Context& context,
                                                std::string_view tag_or_digest) override;
  std::optional<oci::Descriptor> resolve(const base::Context& context,
                                         std::string_view tag_or_digest) override;
  /// Checks the digest that the registry answers with. A manifest with a subject is entered into
  /// the referrers tag (OCI distribution specification 1.1, "Referrers Tag Schema") if the registry
  /// does not say that it knows referrers. Registries ignore If-Match, so that tag is read, merged,
  /// written, and looked at again twice, each time after twice as long as that took, 50 ms at
  /// least; an entry that is gone by then is entered again. What can't be guaranteed: a writer that
  /// needs longer between its read and its write, or does not merge, can still take our entry away.
  /// Copying again with referrers enters what is missing. Throws store::MissingBlobs.
  void put_manifest(const base::Context& context, const oci::RawManifest& manifest,
                    std::string_view tag) override;
  std::vector<std::string> tags(const base::Context& context) override;
  std::vector<oci::Descriptor> referrers(const base::Context& context,
                                         const hash::Digest& subject) override;

 protected:
  std::unique_ptr<base::Source> open_blob_at(const base::Context& context,
                                             const oci::Descriptor& blob,
                                             std::vector<BlobPlace> places) const;

 private:
  http::Request request(std::string method, std::string_view path) const;
  std::optional<http::Response> head(const base::Context& context, std::string_view path,
                                     const std::string& accepted) const;
  enum class Found { absent, damaged, sound };

  std::optional<bool> told_by_head(const base::Context& context, const oci::Descriptor& blob) const;
  Found read_whole(const base::Context& context, const oci::Descriptor& blob);
  bool mount(const base::Context& context, const oci::Descriptor& blob, const Repository& from,
             UploadSession& session);
  bool ask(const base::Context& context, const oci::Descriptor& blob, const std::string& from,
           UploadSession& session);
  bool may_be_there(const oci::Descriptor& blob, bool unsure) const;
  oci::Index read_referrers_tag(const base::Context& context, const std::string& tag);
  bool stays_listed(const base::Context& context, const std::string& tag,
                    const hash::Digest& digest, std::chrono::steady_clock::duration our_time);
  void add_to_referrers_tag(const base::Context& context, const oci::RawManifest& manifest);
  std::vector<oci::Descriptor> referrers_by_tag(const base::Context& context,
                                                const hash::Digest& subject);

  std::shared_ptr<api::Client> m_client;
  std::string m_name;
};

}  // namespace pinnace::registry
