#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "api/paging.hpp"
#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/reference.hpp"
#include "registry/repository.hpp"
#include "store/settled.hpp"
#include "web/redact.hpp"

namespace pinnace::registry {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using oci::RawManifest;

namespace {

constexpr std::size_t k_max_referrers = 10'000;

/// "sha256-<hex>" (OCI distribution specification 1.1, "Referrers Tag Schema").
std::string referrers_tag(const hash::Digest& subject) {
  return std::string(hash::to_string(subject.algorithm())) + "-" +
         std::string(subject.hex().substr(0, 64));
}

/// A manifest as an entry of a referrers list: with its artifact type and annotations.
std::optional<Descriptor> referrer_entry(const RawManifest& raw,
                                         std::optional<Descriptor>& subject) {
  Descriptor entry = raw.descriptor();
  if (raw.is_index()) {
    const oci::Index index = oci::Index::parse(raw);
    subject = index.subject;
    entry.artifact_type = index.artifact_type;
    entry.annotations = index.annotations;
  } else {
    const oci::Manifest manifest = oci::Manifest::parse(raw);
    subject = manifest.subject;
    entry.artifact_type =
        manifest.artifact_type ? manifest.artifact_type : manifest.config.media_type;
    entry.annotations = manifest.annotations;
  }
  if (!subject) return std::nullopt;
  return entry;
}

bool contains(const std::vector<Descriptor>& list, const hash::Digest& digest) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Descriptor& entry) { return entry.digest == digest; });
}

oci::Index new_index() {
  oci::Index index;
  index.media_type = oci::media_type::k_index;
  return index;
}

}  // namespace

std::vector<Descriptor> Repository::referrers(const Context& context, const hash::Digest& subject) {
  std::vector<Descriptor> result;
  std::set<hash::Digest> listed;
  const std::string first = request("GET", "/referrers/" + subject.str()).url;
  const bool known = api::for_each_page(
      context, *m_client, first, api::Scopes::pull(m_name), [&](const http::Response& response) {
        const RawManifest raw = RawManifest::from_bytes(response.body, oci::media_type::k_index);
        const std::size_t before = result.size();
        for (const Descriptor& entry : oci::Index::parse(raw).manifests) {
          if (listed.insert(entry.digest).second) result.push_back(entry);
        }
        if (result.size() > k_max_referrers) {
          throw Error(ErrorCode::invalid_input, subject.str() + " in " + where() +
                                                    " has more than " +
                                                    std::to_string(k_max_referrers) + " referrers");
        }
        return result.size() - before;
      });
  return known ? result : referrers_by_tag(context, subject);
}

std::vector<Descriptor> Repository::referrers_by_tag(const Context& context,
                                                     const hash::Digest& subject) {
  const auto raw = find_manifest(context, referrers_tag(subject));
  if (!raw || !raw->is_index()) return {};
  return oci::Index::parse(*raw).manifests;
}

oci::Index Repository::read_referrers_tag(const Context& context, const std::string& tag) {
  const auto raw = find_manifest(context, tag);
  if (!raw) return new_index();
  if (raw->is_index()) {
    oci::Index index = oci::Index::parse(*raw);
    // A list of referrers is nobody's referrer: putting it would lead to the next list, without
    // end.
    index.subject.reset();
    return index;
  }
  throw Error(ErrorCode::conflict, "tag " + tag + " of " + where() +
                                       " should be an index of referrers, and is a " +
                                       raw->media_type);
}

bool Repository::stays_listed(const Context& context, const std::string& tag,
                              const hash::Digest& digest,
                              std::chrono::steady_clock::duration our_time) {
  return store::is_settled(
      our_time,
      [&](http::Milliseconds duration) { m_client->retry_settings().pause(context, duration); },
      [&] { return contains(read_referrers_tag(context, tag).manifests, digest); });
}

void Repository::add_to_referrers_tag(const Context& context, const RawManifest& manifest) {
  std::optional<Descriptor> subject;
  const std::optional<Descriptor> entry = referrer_entry(manifest, subject);
  if (!entry) return;
  const std::string tag = referrers_tag(subject->digest);
  for (http::Retry retry(context, m_client->retry_settings(), "tag " + tag + " of " + where());;) {
    const auto started = std::chrono::steady_clock::now();
    oci::Index index = read_referrers_tag(context, tag);
    const bool listed = contains(index.manifests, entry->digest);
    if (listed && retry.failed() == 0) return;
    if (!listed) {
      index.manifests.push_back(*entry);
      put_manifest(context, index.to_raw(), tag);
    }
    const auto took = std::chrono::steady_clock::now() - started;
    if (stays_listed(context, tag, entry->digest, took)) return;
    if (retry.again("somebody else wrote it at the same time")) continue;
    throw Error(ErrorCode::conflict, "tag " + tag + " of " + where() +
                                         " is written by others at the same time; the referrer " +
                                         entry->digest.str() + " is there, but not in that list");
  }
}

std::vector<std::string> Repository::tags(const Context& context) {
  std::set<std::string> result;
  const std::string first = request("GET", "/tags/list?n=1000").url;
  api::for_each_page(
      context, *m_client, first, api::Scopes::pull(m_name), [&](const http::Response& response) {
        const auto json = json::parse_or_null(response.body);
        const auto list = json.is_object() ? json.find("tags") : json.end();
        if (!json.is_object() || list == json.end() || !(list->is_array() || list->is_null())) {
          throw Error(ErrorCode::unavailable, "GET " + web::redact_url(response.url) +
                                                  ": expected JSON with a list \"tags\"");
        }
        const std::size_t before = result.size();
        for (const auto& tag : *list) {
          if (tag.is_string() && oci::is_tag(tag.get_ref<const std::string&>())) result.insert(tag);
        }
        return result.size() - before;
      });
  return {result.begin(), result.end()};
}

}  // namespace pinnace::registry
