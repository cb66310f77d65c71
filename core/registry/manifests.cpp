#include "api/content_length.hpp"
#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "registry/repository.hpp"
#include "registry/upload_session.hpp"
#include "store/missing_blobs.hpp"
#include "web/redact.hpp"

namespace pinnace::registry {

using base::Context;
using base::Error;
using base::ErrorCode;
using oci::Descriptor;
using oci::RawManifest;

namespace {

/// All kinds that we read. One header line: registries exist that look at the first one only.
std::string accepted() {
  using namespace oci::media_type;
  std::string result(k_index);
  for (const std::string_view type : {k_manifest, k_docker_manifest_list, k_docker_manifest}) {
    result += ", " + std::string(type);
  }
  return result;
}

std::string content_type(const http::Response& response) {
  const std::string_view value = response.headers.get("Content-Type");
  return std::string(web::trim(value.substr(0, value.find(';'))));
}

std::optional<hash::Digest> parse_digest(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  try {
    return hash::Digest::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The descriptor that a HEAD tells, if it tells all of it, and nothing else than was asked for.
std::optional<Descriptor> from_head(const http::Response& response,
                                    std::string_view tag_or_digest) {
  const auto told = parse_digest(response.headers.get("Docker-Content-Digest"));
  const auto asked = parse_digest(tag_or_digest);
  const auto size = api::content_length(response);
  const std::string type = content_type(response);
  if (!told || !size || *size == 0 || *size > oci::k_max_manifest) return std::nullopt;
  if (!oci::media_type::is_manifest(type) && !oci::media_type::is_index(type)) return std::nullopt;
  if (asked && *told != *asked) return std::nullopt;
  return Descriptor{type, *told, *size, {}, {}, {}, nlohmann::json::object()};
}

/// distribution denies for a moment that it has a blob while another client puts the same one: it
/// truncates and writes the link to it. So it is asked again before it is believed.
bool lacks_blob(const http::Response& response) {
  return (response.status == 400 || response.status == 404) &&
         response.body.find("\"MANIFEST_BLOB_UNKNOWN\"") != std::string::npos;
}

}  // namespace

std::optional<RawManifest> Repository::find_manifest(const Context& context,
                                                     std::string_view tag_or_digest) {
  http::Request get = request("GET", "/manifests/" + std::string(tag_or_digest));
  get.headers.set("Accept", accepted());
  http::Response response = m_client->send(context, get, api::Scopes::pull(m_name));
  if (response.status == 404) return std::nullopt;
  if (response.status != 200) throw api::make_error("GET", response);
  const std::string what = "manifest " + std::string(tag_or_digest) + " of " + where();
  const auto asked = parse_digest(tag_or_digest);
  const auto told = parse_digest(response.headers.get("Docker-Content-Digest"));
  if (asked) {
    hash::verify(base::as_bytes(response.body), *asked, what);
  } else if (told) {
    hash::verify(base::as_bytes(response.body), *told, what + " (by its Docker-Content-Digest)");
  }
  return base::with_context([&] { return what; },
                            [&] {
                              RawManifest raw = RawManifest::from_bytes(std::move(response.body),
                                                                        content_type(response));
                              if (asked) raw.digest = *asked;
                              return raw;
                            });
}

std::optional<Descriptor> Repository::resolve(const Context& context,
                                              std::string_view tag_or_digest) {
  const auto told = head(context, "/manifests/" + std::string(tag_or_digest), accepted());
  if (told && !told->ok()) return std::nullopt;
  if (told) {
    if (auto descriptor = from_head(*told, tag_or_digest)) return descriptor;
  }
  const auto manifest = find_manifest(context, tag_or_digest);
  if (!manifest) return std::nullopt;
  return manifest->descriptor();
}

void Repository::put_manifest(const Context& context, const RawManifest& manifest,
                              std::string_view tag) {
  const std::string name = tag.empty() ? manifest.digest.str() : std::string(tag);
  http::Request put = request("PUT", "/manifests/" + name);
  put.headers.set("Content-Type", manifest.media_type);
  put.body = manifest.bytes;
  const http::Response response =
      m_client->send(context, put, api::Scopes::pull_push(m_name), lacks_blob);
  if (lacks_blob(response)) throw store::MissingBlobs(api::make_error("PUT", response));
  if (response.status != 201 && response.status != 200 && response.status != 202)
    throw api::make_error("PUT", response);
  check_digest_header("PUT", response, manifest.digest);
  // What stands before a registry answers, too, and says nothing of the digest.
  const bool is_told =
      parse_digest(response.headers.get("Docker-Content-Digest")) == manifest.digest;
  if ((response.status != 201 || !is_told) && !resolve(context, manifest.digest.str()))
    throw Error(ErrorCode::unavailable, "PUT " + web::redact_url(response.url) +
                                            ": the answer was " + std::to_string(response.status) +
                                            ", but the manifest " + manifest.digest.str() +
                                            " is not there");
  if (!response.headers.find("OCI-Subject")) add_to_referrers_tag(context, manifest);
}

}  // namespace pinnace::registry
