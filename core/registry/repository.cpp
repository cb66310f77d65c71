#include "registry/repository.hpp"

#include "api/content_length.hpp"
#include "base/error.hpp"
#include "hash/hasher.hpp"
#include "registry/blob_download.hpp"
#include "registry/blob_stream.hpp"
#include "registry/blob_upload.hpp"
#include "store/verified.hpp"
#include "web/redact.hpp"
#include "web/url.hpp"

namespace pinnace::registry {

using base::Context;
using oci::Descriptor;
using store::PutOutcome;

namespace {
/// From this size on, asking with HEAD costs less than sending a blob that is there.
constexpr std::uint64_t k_worth_a_request = 1 << 20;

/// Whether a session is one of github.com/distribution/distribution or of what is built on it
/// (Harbor, GitLab): they keep a signed state in its URL, and all know ?mount=. That saves a HEAD
/// for every blob of the first image that goes there.
bool is_of_distribution(const http::Response& response) {
  return response.headers.get("Location").find("_state=") != std::string_view::npos;
}

/// Whether an error says nothing about the peer.
bool is_ours(const base::Error& error) {
  return error.code() == base::ErrorCode::cancelled || error.code() == base::ErrorCode::io ||
         error.code() == base::ErrorCode::internal;
}
}  // namespace

Repository::Repository(std::shared_ptr<api::Client> client, std::string name)
    : m_client(std::move(client)), m_name(std::move(name)) {}

std::string Repository::where() const {
  return m_client->endpoint().domain + "/" + m_name;
}

http::Request Repository::request(std::string method, std::string_view path) const {
  http::Request result;
  result.method = std::move(method);
  result.url = m_client->url("/v2/" + m_name + std::string(path));
  return result;
}

/// Asks with HEAD, once: a success, or a 404 of the registry itself. What else comes is no verdict:
/// registries refuse HEAD where GET works, ask for other credentials, or send it on to a store at a
/// URL that is signed for GET. Then, and where no answer comes, GET is to tell, which is tried
/// again and has errors of its own.
std::optional<http::Response> Repository::head(const Context& context, std::string_view path,
                                               const std::string& accepted) const {
  http::Request asked = request("HEAD", path);
  if (!accepted.empty()) asked.headers.set("Accept", accepted);
  try {
    http::Response response = m_client->attempt(context, asked, api::Scopes::pull(m_name));
    if (response.ok() || (response.status == 404 && m_client->answered(response))) return response;
  } catch (const base::Error& error) {
    context.check();
    if (is_ours(error)) throw;
  }
  return std::nullopt;
}

/// nullopt: no verdict, as for another size: a blob may be cut by a disk that was full, and proxies
/// exist that say 0 to every HEAD.
std::optional<bool> Repository::told_by_head(const Context& context, const Descriptor& blob) const {
  const auto told = head(context, "/blobs/" + blob.digest.str(), {});
  if (!told) return std::nullopt;
  if (!told->ok()) return false;
  if (api::content_length(*told).value_or(blob.size) != blob.size) return std::nullopt;
  return true;
}

bool Repository::has_blob(const Context& context, const Descriptor& blob) {
  if (const auto told = told_by_head(context, blob)) return *told;
  try {
    // Only its beginning comes.
    const BlobDownload begun({{m_client, m_name}}, context, blob.digest);
    return begun.told_size().value_or(blob.size) == blob.size;
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::not_found) throw;
    return false;
  }
}

std::unique_ptr<base::Source> Repository::open_blob(const Context& context,
                                                    const Descriptor& blob) {
  return open_blob_at(context, blob, {{m_client, m_name}});
}

std::unique_ptr<base::Source> Repository::open_blob_at(const Context& context,
                                                       const Descriptor& blob,
                                                       std::vector<BlobPlace> places) const {
  auto download = std::make_unique<BlobDownload>(std::move(places), context, blob.digest);
  return std::make_unique<hash::VerifyingSource>(std::move(download), blob.digest, blob.size,
                                                 "blob " + blob.digest.str() + " of " + where());
}

PutOutcome Repository::put_blob(const Context& context, const Descriptor& blob,
                                const base::OpenSource& open, const BlobStore* from) {
  const auto* source = dynamic_cast<const Repository*>(from);
  const bool elsewhere = source && source->m_name != m_name &&
                         source->m_client->endpoint().url == m_client->endpoint().url;
  UploadSession session(*m_client, m_name);
  if (elsewhere && mount(context, blob, *source, session)) return PutOutcome::mounted;
  if (!session.started() && ask(context, blob, m_name, session)) return PutOutcome::existed;
  if (may_be_there(blob, elsewhere || !session.started())) {
    try {
      if (told_by_head(context, blob).value_or(false)) {
        session.cancel(context);
        return PutOutcome::existed;
      }
    } catch (...) {
      session.cancel(context);
      throw;
    }
  }
  return BlobUpload(*m_client, m_name, blob, open, std::move(session)).run(context)
             ? PutOutcome::uploaded
             : PutOutcome::existed;
}

PutOutcome Repository::repair_blob(const Context& context, const Descriptor& blob,
                                   const base::OpenSource& open, const BlobStore* from) {
  const Found found = read_whole(context, blob);
  if (found == Found::sound) return PutOutcome::existed;
  if (found == Found::absent) {
    const PutOutcome outcome = put_blob(context, blob, open, from);
    if (outcome == PutOutcome::uploaded) return outcome;
    if (read_whole(context, blob) == Found::sound) return outcome;
  }
  // Asked whether it has the blob, it would say yes.
  BlobUpload(*m_client, m_name, blob, open, UploadSession(*m_client, m_name)).run(context);
  if (read_whole(context, blob) == Found::sound) return PutOutcome::uploaded;
  throw base::Error(base::ErrorCode::integrity,
                    where() + " keeps a damaged blob " + blob.digest.str() +
                        ", although it was sent again; delete that blob in the registry's storage, "
                        "and copy once more");
}

/// Reads all of a blob, from this registry and no mirror.
Repository::Found Repository::read_whole(const Context& context, const Descriptor& blob) {
  try {
    store::read_to_end(context, *Repository::open_blob(context, blob));
    return Found::sound;
  } catch (const base::Error& error) {
    if (error.code() == base::ErrorCode::not_found) return Found::absent;
    if (error.code() == base::ErrorCode::integrity) return Found::damaged;
    throw;
  }
}

/// As ask(), for the repository of a source. The right to it, or a token that gives it, may be
/// refused where both repositories by themselves are open to us: the blob is sent then, and nobody
/// is asked so again.
bool Repository::mount(const Context& context, const Descriptor& blob, const Repository& from,
                       UploadSession& session) {
  if (m_client->refuses_mount(from.m_name, m_name)) return false;
  try {
    return ask(context, blob, from.m_name, session);
  } catch (const base::Error& error) {
    using base::ErrorCode;
    switch (error.code()) {
      case ErrorCode::unauthorized:
      case ErrorCode::denied:
      case ErrorCode::not_found:
      case ErrorCode::invalid_input:
        m_client->note_refused_mount(from.m_name, m_name);
        return false;
      default:
        throw;
    }
  }
}

/// Whether the registry has the blob in the repository `from`, and now here; else it may have
/// started a session. It is asked once: other answers, and none, say that it will not be asked so,
/// and a plain upload is to tell what is wrong, which is tried again.
bool Repository::ask(const Context& context, const Descriptor& blob, const std::string& from,
                     UploadSession& session) {
  http::Request post = request("POST", "/blobs/uploads/");
  post.grace = k_upload_grace;
  post.url = web::with_query(post.url, "mount", blob.digest.str());
  post.url = web::with_query(post.url, "from", from);
  api::Scopes scopes = api::Scopes::pull_push(m_name);
  scopes.merge(api::Scopes::pull(from));
  http::Response response;
  try {
    response = m_client->attempt(context, post, scopes);
  } catch (const http::TransportError&) {
    context.check();
    return false;
  }
  if (response.status == 201) {
    if (has_other_digest(response, blob.digest)) return false;
    m_client->note_mount();
    return true;
  }
  if (response.status == 202) {
    if (response.headers.get("Location").empty()) return false;
    session.adopt("POST", response);
    if (is_of_distribution(response)) m_client->note_mount();
  } else if (response.status == 401 || response.status == 403) {
    throw api::make_error("POST", response);
  } else if (response.status == 501) {
    m_client->note_refused_mount(from, m_name);
  }
  return false;
}

/// A registry that does not know mounts answers 202 whether it has the blob or not. Of one that
/// does, a 202 for our own repository says that it is not there.
bool Repository::may_be_there(const Descriptor& blob, bool unsure) const {
  return blob.size >= k_worth_a_request && (unsure || !m_client->mounts());
}

std::unique_ptr<store::BlobWriter> Repository::create_blob(const Context& context) {
  return std::make_unique<BlobStream>(context, m_client, m_name);
}

}  // namespace pinnace::registry
